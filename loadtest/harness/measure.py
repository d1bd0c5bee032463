"""One sample: a gateway under load for a while, and what this cost it."""

import os
import resource
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import cpu, memory
from .cpu import CpuTime
from .load import Load
from .memory import Allocations
from .processes import Process

# As the kernel cuts them: "C1 CompilerThread0", "C2 CompilerThread0".
COMPILER_THREADS = ("C1 CompilerThre", "C2 CompilerThre")

MICROSECONDS = 1e6


@dataclass(frozen=True)
class Sample:
    """What one measured window showed."""

    requests: int
    seconds: float
    user_us: float
    system_us: float
    # Of the gateway's CPU time, that of the JVM's compilers.
    compiling: float
    # Of all the machine's processors, what went neither to the gateway, nor to its backends, nor to the client.
    foreign: float
    # When the last response had come.
    resident_bytes: int
    # A request, by a Java gateway; only where it was asked for.
    allocated_bytes: float | None = None

    @property
    def cpu_us(self) -> float:
        return self.user_us + self.system_us

    @property
    def requests_a_cpu_second(self) -> float:
        return MICROSECONDS / self.cpu_us

    @property
    def requests_a_second(self) -> float:
        return self.requests / self.seconds


def _own_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def sample(
    peer: Process,
    bystanders: Iterable[Process],
    send: Callable[[], Load],
    allocations: Allocations | None = None,
) -> Sample:
    """Loads the gateway and accounts for its CPU time, from before the first request until after the last.

    The bystanders' CPU time is expected beside the gateway's; any other is reported as foreign.
    """
    bystanders = tuple(bystanders)

    def expected() -> float:
        return peer.cpu().total + sum(process.cpu().total for process in bystanders) + _own_children()

    peer.check_running()
    if allocations:
        allocations.start()
    expected_before, machine_before = expected(), cpu.of_machine()
    compiling_before = cpu.of_threads(peer.pid, COMPILER_THREADS)
    cpu_before = peer.cpu()
    counted = send()
    # The kernel counts in ticks; a gateway that had less than one to do has done something nevertheless.
    used = peer.cpu() - cpu_before or CpuTime(system=1 / cpu.TICKS_A_SECOND)
    resident = memory.resident(peer)
    compiling = cpu.of_threads(peer.pid, COMPILER_THREADS) - compiling_before
    machine, expected_used = cpu.of_machine() - machine_before, expected() - expected_before
    peer.check_running()
    counted.check(peer.name)
    return Sample(
        requests=counted.requests,
        seconds=counted.seconds,
        user_us=used.user / counted.requests * MICROSECONDS,
        system_us=used.system / counted.requests * MICROSECONDS,
        compiling=compiling.total / used.total,
        foreign=max(0.0, machine - expected_used) / (counted.seconds * (os.cpu_count() or 1)),
        resident_bytes=resident,
        allocated_bytes=allocations.stop() / counted.requests if allocations else None,
    )
