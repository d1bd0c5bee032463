"""Memory: what a process keeps resident, and what a Java program allocates."""

import re
from pathlib import Path

from . import cpu
from .jvm import Jvm
from .processes import Failure, Process

KIB = 2**10
MIB = 2**20

_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) ")
_RSS = re.compile(r"Rss:\s+(\d+) kB")

# A pause that freed something: used before, used after, in MiB.
_FREED = re.compile(r"\bGC\(\d+\) .*?(\d+)M->(\d+)M\(\d+M\)")


def resident(process: Process) -> int:
    """Bytes of memory that the process and its children have in RAM; what they share counts once for each."""
    return sum(map(_resident, cpu.tree(process.pid)))


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def without_garbage(jvm: Jvm, process: Process) -> int:
    """What resident memory would be if the heap of a Java program held its live objects and no more."""
    live = jvm.live_heap(process)
    smaps = Path(f"/proc/{process.pid}/smaps").read_text()
    return resident(process) - resident_between(smaps, *jvm.heap_addresses(process)) + live


def resident_between(smaps: str, start: int, end: int) -> int:
    """Bytes in RAM of the mappings from one address up to another, from Linux' account of all of them."""
    found = 0
    inside = False
    for line in smaps.splitlines():
        if mapping := _MAPPING.match(line):
            first, last = int(mapping[1], 16), int(mapping[2], 16)
            inside = start <= first and last <= end
            if not inside and first < end and last > start:
                raise Failure(f"the mapping {mapping[0].strip()} is in part of the heap from {start:x} to {end:x}")
        elif inside and (rss := _RSS.match(line)):
            found += int(rss[1]) * KIB
    return found


def gc_log_flag(log: Path) -> str:
    return f"-Xlog:gc:file={log}:uptime:filecount=0"


def freed(log: str) -> int:
    """Bytes that the collections of a GC log freed, to the MiB for each."""
    return sum(int(before) - int(after) for before, after in _FREED.findall(log)) * MIB


class Allocations:
    """What a gateway's JVM has allocated: what its heap grew by, and what collections freed meanwhile."""

    def __init__(self, jvm: Jvm, process: Process, log: Path) -> None:
        self._jvm = jvm
        self._process = process
        self._log = log
        self._read = 0
        self._used = 0

    def start(self) -> None:
        self._used = self._jvm.used_heap(self._process)
        self._read = len(self._text())

    def stop(self) -> int:
        """Bytes since the start; never less than nothing, as the log is no finer than a MiB."""
        used = self._jvm.used_heap(self._process)
        return max(0, used - self._used + freed(self._text()[self._read :]))

    def _text(self) -> str:
        try:
            return self._log.read_text()
        except FileNotFoundError as error:
            raise Failure(f"{self._process.name} wrote no GC log to {self._log}") from error
