"""Describes the machine and the programs, for whoever reads the figures later."""

import os
import platform
import re
import subprocess
from pathlib import Path

from .jvm import Jvm
from .site import ROOT


def _first(pattern: str, file: str) -> str:
    found = re.search(pattern, Path(file).read_text(), re.MULTILINE)
    return found[1].strip() if found else "unknown"


def machine() -> dict[str, str]:
    memory_gib = int(_first(r"^MemTotal:\s+(\d+)", "/proc/meminfo")) / 2**20
    return {
        "processor": _first(r"^model name\s*:\s*(.*)$", "/proc/cpuinfo"),
        "processors": str(os.cpu_count()),
        "memory": f"{memory_gib:.0f} GiB",
        "system": _first(r'^PRETTY_NAME="?([^"\n]+)', "/etc/os-release"),
        "kernel": platform.release(),
        "architecture": platform.machine(),
    }


def _version(command: list[str], pattern: str) -> str:
    try:
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "not installed"
    found = re.search(pattern, finished.stdout + finished.stderr)
    return found[1] if found else "unknown"


def versions(jvm: Jvm) -> dict[str, str]:
    return {
        "HAProxy": _version(["haproxy", "-v"], r"version (\S+)"),
        "nginx": _version(["nginx", "-v"], r"nginx/(\S+)"),
        "h2load": _version(["h2load", "--version"], r"nghttp2/(\S+)"),
        "openssl": _version(["openssl", "version"], r"OpenSSL (\S+)"),
        "wrk": _version(["wrk", "-v"], r"wrk (?:debian/)?(\S+)"),
        "Java": jvm.version,
        "commit": _version(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], r"(\S+)"),
    }
