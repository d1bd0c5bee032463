"""What a soak showed, in words, and whether all was well."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import linear_regression

MIB = 2**20


@dataclass(frozen=True)
class Expected:
    """What a good run has: this many clients, and a live heap that grew by no more than this."""

    clients: int
    max_growth_mib: int


def faults(expected: Expected, result: dict[str, object]) -> Iterator[str]:
    """What is wrong with the run; nothing, if it passed."""
    clients = result["clients"]
    assert isinstance(clients, dict)
    for fault, count in clients["faults"].items():
        yield f"{count} requests failed: {fault}"
    if len(clients["clients_by_backend"]) < 2:
        yield f"all clients were sent to the same backend, so none could change it: {clients['clients_by_backend']}"
    bound = sum(clients["clients_by_backend"].values())
    if bound != expected.clients:
        yield f"only {bound} of {expected.clients} clients had a response"
    heap, leaks = result.get("heap"), result.get("leaks")
    if heap is not None:
        if len(heap) < 2:
            yield "too short to see whether the heap grows"
        elif heap[-1]["live_bytes"] - heap[0]["live_bytes"] > expected.max_growth_mib * MIB:
            yield f"the live heap grew by more than {expected.max_growth_mib} MiB"
    if leaks:
        yield f"{len(leaks)} leaks were logged: {leaks[0]}"


def describe(result: dict[str, object]) -> Iterator[str]:
    """The run in words."""
    clients = result["clients"]
    assert isinstance(clients, dict)
    yield (
        f"{clients['requests']:,} responses on {clients['connections']:,} connections, "
        f"{sum(clients['faults'].values()):,} faults, {clients['faults'].get('CHANGED', 0):,} changes of backend"
    )
    split = ", ".join(f"{name} {count:,}" for name, count in clients["clients_by_backend"].items())
    yield f"Clients by backend: {split}; {clients['cookies_set']:,} cookies set"
    yield (
        f"Latency from when a request was due: median {clients['p50_us'] / 1000:.1f} ms, "
        f"99 % {clients['p99_us'] / 1000:.1f} ms, most {clients['max_us'] / 1000:.1f} ms"
    )
    heap = result.get("heap")
    if heap:
        samples = ", ".join(f"{item['live_bytes'] / MIB:.1f} MiB after {item['seconds']:.0f} s" for item in heap)
        yield f"Live heap: {samples}"
        if len(heap) > 1:
            slope, _ = linear_regression([item["seconds"] for item in heap], [item["live_bytes"] for item in heap])
            yield f"Slope of the live heap: {slope * 60 / MIB:+.2f} MiB a minute"
    if "leaks" in result:
        yield f"Leaks logged by paranoid detection: {len(result['leaks'])}"
