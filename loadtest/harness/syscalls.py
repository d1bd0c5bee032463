"""System calls of a gateway, counted by strace. It slows the gateway down, so nothing else is measured meanwhile."""

import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from . import cpu
from .load import Load
from .processes import Failure, Process, say

ATTACHED_WITHIN_SECONDS = 10
ENDED_WITHIN_SECONDS = 10

_LINE = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(?P<calls>\d+)\s+(?:\d+\s+)?(?P<name>\w+)$", re.MULTILINE)


def parse(summary: str) -> Counter[str]:
    """The calls by name of what strace -c writes."""
    return Counter({line["name"]: int(line["calls"]) for line in _LINE.finditer(summary) if line["name"] != "total"})


def a_request(process: Process, directory: Path, send: Callable[[], Load]) -> Mapping[str, float]:
    """How many system calls of each name a request took; nothing where strace is not allowed to attach."""
    summary = directory / f"{process.name}.strace"
    try:
        with _tracing(process, summary):
            counted = send()
    except PermissionError as error:
        say(f"System calls are not counted: {error}")
        return {}
    counted.check(process.name)
    return {name: calls / counted.requests for name, calls in parse(summary.read_text()).most_common()}


@contextmanager
def _tracing(process: Process, summary: Path) -> Iterator[None]:
    targets = [option for pid in cpu.tree(process.pid) for option in ("-p", str(pid))]
    log = summary.with_suffix(".strace.log")
    with log.open("w") as errors:
        strace = subprocess.Popen(
            ["strace", "-c", "-f", "-o", str(summary), *targets],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
    try:
        _await_attached(strace, log)
        yield
    finally:
        strace.send_signal(signal.SIGINT)
        try:
            strace.wait(ENDED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            strace.kill()
            strace.wait()


def _await_attached(strace: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + ATTACHED_WITHIN_SECONDS
    while "attached" not in log.read_text():
        if strace.poll() is not None or time.monotonic() > deadline:
            said = log.read_text().strip()
            if "not permitted" in said:
                raise PermissionError(said)
            raise Failure(f"strace did not attach: {said or 'it said nothing'}")
        time.sleep(0.02)
    # It attaches to the other threads at once, and says so for each.
    said = ""
    while said != (said := log.read_text()):
        time.sleep(0.1)
