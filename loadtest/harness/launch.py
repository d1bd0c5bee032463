"""How long it takes from the launch of a program to the first request that it passes on."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from .jvm import Jvm
from .processes import READY_WITHIN_SECONDS, Failure, Process, Processes, check_ports_free, say
from .site import ROOT

MOORING = str(ROOT / "bin" / "mooring")
CACHE_SINCE = 25

# What a look at the port may add to the time; one costs the machine a tenth of a millisecond.
POLL_SECONDS = 0.002
OK = b"HTTP/1.1 200"


def with_cache(jvm: Jvm, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
    """Mooring by its own command and with its own flags and these, with the AOT cache that was prepared."""
    environment = [f"MOORING_JAVA_HOME={jvm.home}", f"MOORING_JAVA_OPTS={' '.join(java_flags)}"]
    return ["env", *environment, "MOORING_AOT_CACHE=on", MOORING, "run", "--config", str(configuration)]


def prepare_cache(jvm: Jvm) -> bool:
    """Has Mooring prepare its AOT cache; whether this Java can use one."""
    if jvm.major < CACHE_SINCE:
        return False
    say("Preparing Mooring's AOT cache")
    command = ["env", f"MOORING_JAVA_HOME={jvm.home}", MOORING, "aot-cache"]
    prepared = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if prepared.returncode != 0:
        raise Failure(f"mooring aot-cache ended with status {prepared.returncode}: {prepared.stderr}")
    return True


@contextmanager
def launched(processes: Processes, name: str, command: Sequence[str], url: str) -> Iterator[tuple[Process, float]]:
    """A program that runs as long as the block lasts, and the seconds from before it was executed until a GET of the
    URL was answered 200."""
    parts = urlsplit(url)
    port = parts.port or 80
    check_ports_free({name: port})
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()
    began = time.monotonic()
    process = processes.start(name, command)
    try:
        while not _answers_ok(port, request):
            _check(process, url, time.monotonic() - began)
            time.sleep(POLL_SECONDS)
        yield process, time.monotonic() - began
    finally:
        process.stop()


def _check(process: Process, url: str, seconds: float) -> None:
    process.check_running()
    if seconds > READY_WITHIN_SECONDS:
        raise Failure(f"{process.name} did not answer on {url} in {READY_WITHIN_SECONDS} s; see {process.log}")


def _answers_ok(port: int, request: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), READY_WITHIN_SECONDS) as connection:
            connection.sendall(request)
            with connection.makefile("rb") as response:
                return response.readline().startswith(OK)
    except OSError:
        return False
