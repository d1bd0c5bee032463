"""Closed-loop HTTP/1.1 load by wrk, one thread. A script checks every response."""

import json
import subprocess
from pathlib import Path

from .load import Load, Request
from .processes import Failure

SCRIPT = Path(__file__).with_name("client.lua")


def run(request: Request, seconds: int) -> Load:
    """Sends the request on all its connections for that long; each has its next when it has its response."""
    options = {
        "cookie": request.cookie,
        "backend": request.backend,
        "response_bytes": request.response_bytes,
        "post_bytes": request.post_bytes or None,
        "close": request.new_connections or None,
        "must_set_cookie": request.must_set_cookie or None,
    }
    command = ["wrk", "-t1", f"-c{request.connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    command += [request.url, "--", *(f"{name}={value}" for name, value in options.items() if value is not None)]
    finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise Failure(f"wrk ended with status {finished.returncode}: {finished.stderr or finished.stdout}")
    return parse(finished.stdout)


def parse(output: str) -> Load:
    """The script's JSON is the last line."""
    counts = json.loads(output.splitlines()[-1])
    requests, seconds, checked = counts.pop("requests"), counts.pop("seconds"), counts.pop("checked")
    return Load(requests, seconds, {"unchecked responses": requests - checked, **counts})
