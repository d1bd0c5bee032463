"""What a run found, and the figures made of it."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .fresh import Fresh
from .java_clients import Latencies
from .measure import Sample
from .memory import KIB, MIB
from .scenarios import MAIN
from .verdict import Seen


@dataclass(frozen=True)
class Spread:
    """The median of the rounds, and the rounds farthest from it."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values))

    def show(self, form: str) -> str:
        return f"{self.median:{form}} ({self.least:{form}}–{self.most:{form}})"


def ratios(rounds: Sequence[float], reference: Sequence[float]) -> Spread:
    """Each round against the reference's of the same round, so that what drifts with time cancels out."""
    return Spread.of([value / other for value, other in zip(rounds, reference, strict=True)])


@dataclass
class Results:
    """Everything, by gateway, each with one entry a round. What was not asked for is empty."""

    scenarios: dict[str, dict[str, list[Sample]]] = field(default_factory=dict)
    latency_rate: int = 0
    latencies: dict[str, list[Latencies]] = field(default_factory=dict)
    system_calls: dict[str, list[Mapping[str, float]]] = field(default_factory=dict)
    soaked: dict[str, Seen] = field(default_factory=dict)
    fresh: Fresh = field(default_factory=Fresh)


@dataclass(frozen=True)
class Figure:
    """One figure of each gateway, round by round."""

    title: str
    form: str
    rounds: Mapping[str, Sequence[float]]

    def spread(self, name: str) -> Spread:
        return Spread.of(self.rounds[name])


def latency_figures(results: Results) -> list[Figure]:
    def figure(title: str, value: Callable[[Latencies], float]) -> Figure:
        return Figure(title, ",.0f", {name: [*map(value, rounds)] for name, rounds in results.latencies.items()})

    if not results.latencies:
        return []
    return [
        figure("p50 µs", lambda each: each.p50_us),
        figure("p99 µs", lambda each: each.p99_us),
        figure("p99.9 µs", lambda each: each.p999_us),
    ]


def memory_figures(results: Results) -> list[Figure]:
    figures: list[Figure] = []
    fresh = results.fresh
    main = results.scenarios.get(MAIN, {}).items()

    def add(title: str, form: str, unit: int, found: Mapping[str, Sequence[float]]) -> None:
        if found:
            scaled = {name: [each / unit for each in rounds] for name, rounds in found.items()}
            figures.append(Figure(title, form, scaled))

    add("at rest, MiB", ",.1f", MIB, fresh.at_rest_bytes)
    add("under load, MiB", ",.1f", MIB, {name: [each.resident_bytes for each in rounds] for name, rounds in main})
    add("an idle connection, KiB", ",.2f", KIB, fresh.idle_http_bytes)
    add("an idle TCP connection, KiB", ",.2f", KIB, fresh.idle_tcp_bytes)
    allocated = {
        name: found
        for name, rounds in main
        if (found := [sample.allocated_bytes for sample in rounds if sample.allocated_bytes is not None])
    }
    add("allocated a request, bytes", ",.0f", 1, allocated)
    return figures


def system_call_figures(results: Results) -> Iterator[Figure]:
    """All, and then each kind of which some gateway makes a tenth of a call a request or more."""
    counted = {name: rounds for name, rounds in results.system_calls.items() if any(rounds)}
    if not counted:
        return
    yield Figure("all", ".2f", {name: [sum(calls.values()) for calls in rounds] for name, rounds in counted.items()})
    kinds = dict.fromkeys(kind for rounds in counted.values() for calls in rounds for kind in calls)
    for kind in kinds:
        figure = Figure(
            kind, ".2f", {name: [calls.get(kind, 0.0) for calls in rounds] for name, rounds in counted.items()}
        )
        if max(figure.spread(name).median for name in counted) >= 0.1:
            yield figure


def launch_figures(results: Results) -> list[Figure]:
    if not results.fresh.launches:
        return []
    return [Figure("seconds", ".2f", results.fresh.launches)]
