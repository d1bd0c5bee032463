"""CPU time as the kernel accounts for it: of a process and its children, of some threads, of the machine."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class CpuTime:
    """Seconds of CPU, in user and in kernel mode."""

    user: float = 0.0
    system: float = 0.0

    @property
    def total(self) -> float:
        return self.user + self.system

    def __bool__(self) -> bool:
        return self.total > 0

    def __add__(self, other: "CpuTime") -> "CpuTime":
        return CpuTime(self.user + other.user, self.system + other.system)

    def __sub__(self, other: "CpuTime") -> "CpuTime":
        return CpuTime(self.user - other.user, self.system - other.system)


@dataclass(frozen=True)
class Stat:
    """What is used of one line of /proc/<pid>/stat."""

    name: str
    parent: int
    cpu: CpuTime


def parse_stat(line: str) -> Stat:
    """The name is in parentheses and may itself hold spaces and parentheses; the rest has no such trap."""
    name_end = line.rindex(")")
    fields = line[name_end + 2 :].split()
    return Stat(
        name=line[line.index("(") + 1 : name_end],
        parent=int(fields[1]),
        cpu=CpuTime(int(fields[11]) / TICKS_A_SECOND, int(fields[12]) / TICKS_A_SECOND),
    )


def _stats(directory: Path) -> Iterator[tuple[int, Stat]]:
    for entry in directory.iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), parse_stat((entry / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended meanwhile


def tree(root: int) -> dict[int, Stat]:
    """A process and all that descend from it and still run."""
    stats = dict(_stats(Path("/proc")))
    found, pending = {}, [root]
    while pending:
        pid = pending.pop()
        found[pid] = stats[pid]
        pending += [child for child, stat in stats.items() if stat.parent == pid]
    return found


def of_tree(root: int) -> CpuTime:
    """The CPU time of a process and of all that descend from it and still run."""
    return sum((stat.cpu for stat in tree(root).values()), CpuTime())


def of_threads(pid: int, name_prefixes: tuple[str, ...]) -> CpuTime:
    """The CPU time of those threads of a process whose names begin so; the kernel keeps 15 characters of a name."""
    threads = (stat for _, stat in _stats(Path(f"/proc/{pid}/task")))
    return sum((stat.cpu for stat in threads if stat.name.startswith(name_prefixes)), CpuTime())


def of_machine() -> float:
    """Seconds of CPU that processes used, and that the hypervisor took, on all processors together."""
    user, nice, system, _idle, _iowait, _irq, _softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + steal) / TICKS_A_SECOND
