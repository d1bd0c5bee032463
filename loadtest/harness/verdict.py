"""What a soak showed, in words, and whether all was well."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression

MIB = 2**20


@dataclass(frozen=True)
class Seen:
    """What the clients saw; the load client prints these fields as JSON."""

    requests: int
    connections: int
    cookies_set: int
    faults: Mapping[str, int]
    clients_by_backend: Mapping[str, int]
    p50_us: int
    p99_us: int
    max_us: int


@dataclass(frozen=True)
class HeapSample:
    """The objects alive in the gateway, so long after the clients began."""

    seconds: float
    live_bytes: int


@dataclass(frozen=True)
class JvmSeen:
    """What could be seen of a gateway that runs on the JVM."""

    heap: Sequence[HeapSample]
    leaks: Sequence[str]


@dataclass(frozen=True)
class Expected:
    """What a good run has: this many clients, and a live heap that grew by no more than this."""

    clients: int
    max_growth_mib: int


def faults(expected: Expected, clients: Seen, gateway: JvmSeen | None) -> Iterator[str]:
    """What is wrong with the run; nothing, if it passed."""
    for fault, count in clients.faults.items():
        yield f"{fault}: {count:,} requests"
    if len(clients.clients_by_backend) < 2:
        yield f"all clients were sent to the same backend, so none could change it: {dict(clients.clients_by_backend)}"
    bound = sum(clients.clients_by_backend.values())
    if bound != expected.clients:
        yield f"only {bound:,} of {expected.clients:,} clients had a response"
    if gateway is None:
        return
    if len(gateway.heap) < 2:
        yield "the run was too short to see whether the live heap grows"
    elif gateway.heap[-1].live_bytes - gateway.heap[0].live_bytes > expected.max_growth_mib * MIB:
        yield f"the live heap grew by more than {expected.max_growth_mib} MiB"
    if gateway.leaks:
        yield f"{len(gateway.leaks)} leaks were logged, the first: {gateway.leaks[0]}"


def describe(asked_rate: int, seconds: int, clients: Seen, gateway: JvmSeen | None) -> Iterator[str]:
    """The run in words."""
    yield (
        f"{clients.requests:,} responses on {clients.connections:,} connections: {sum(clients.faults.values()):,} "
        f"faults, {clients.faults.get('CHANGED', 0):,} of them a changed backend"
    )
    yield f"Rate: {clients.requests / seconds:,.0f} of {asked_rate:,} requests a second"
    split = ", ".join(f"{name} {count:,}" for name, count in clients.clients_by_backend.items())
    yield f"Clients by backend: {split}; {clients.cookies_set:,} cookies set"
    yield (
        f"Time of a response: median {clients.p50_us / 1000:.1f} ms, "
        f"99 % {clients.p99_us / 1000:.1f} ms, most {clients.max_us / 1000:.1f} ms"
    )
    if gateway is None:
        return
    samples = ", ".join(f"{sample.live_bytes / MIB:.1f} MiB after {sample.seconds:.0f} s" for sample in gateway.heap)
    yield f"Live heap: {samples}"
    if len(gateway.heap) > 1:
        slope, _ = linear_regression(
            [sample.seconds for sample in gateway.heap], [sample.live_bytes for sample in gateway.heap]
        )
        yield f"Slope of the live heap: {slope * 60 / MIB:+.2f} MiB a minute"
    yield f"Leaks logged by paranoid detection: {len(gateway.leaks)}"
