"""Turns samples into a table that a person can read and JSON that a machine can."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from .measure import Sample
from .peers import HAPROXY, NGINX, PEERS
from .scenarios import SCENARIOS

REFERENCES = (HAPROXY, NGINX)

Rounds = Sequence[Sample]


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


def ratios(rounds: Rounds, reference: Rounds) -> Spread:
    """Each round against the reference's of the same round, so that what drifts with time cancels out."""
    return Spread.of([sample.cpu_us / other.cpu_us for sample, other in zip(rounds, reference, strict=True)])


def summary(results: Mapping[str, Rounds]) -> dict[str, dict[str, Spread]]:
    """The figures of each gateway."""
    figures: dict[str, dict[str, Spread]] = {}
    for name, rounds in results.items():
        figures[name] = {
            "cpu_us": Spread.of([sample.cpu_us for sample in rounds]),
            "user_us": Spread.of([sample.user_us for sample in rounds]),
            "system_us": Spread.of([sample.system_us for sample in rounds]),
            "requests_a_cpu_second": Spread.of([sample.requests_a_cpu_second for sample in rounds]),
            "requests_a_second": Spread.of([sample.requests_a_second for sample in rounds]),
        }
        for reference in REFERENCES:
            if reference in results:
                figures[name][f"to_{reference}"] = ratios(rounds, results[reference])
    return figures


def table(results: Mapping[str, Rounds]) -> str:
    """One line for each gateway, in Markdown."""
    references = [name for name in REFERENCES if name in results]
    heads = ["gateway", "CPU µs a request", "user", "system", "requests a CPU-second", "requests a second"]
    heads += [f"CPU, × {PEERS[name].title}" for name in references]
    lines = [f"| {' | '.join(heads)} |", f"|---{'|---:' * (len(heads) - 1)}|"]
    for name, figures in summary(results).items():
        cells = [
            PEERS[name].title,
            figures["cpu_us"].show(".1f"),
            figures["user_us"].show(".1f"),
            figures["system_us"].show(".1f"),
            figures["requests_a_cpu_second"].show(",.0f"),
            figures["requests_a_second"].show(",.0f"),
            *(figures[f"to_{reference}"].show(".2f") for reference in references),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def disturbances(results: Mapping[str, Rounds]) -> str:
    """What else ran while it was measured: a reader's measure of how far to trust the figures."""
    samples = [sample for rounds in results.values() for sample in rounds]
    return (
        f"Foreign to the measurement: at most {max(sample.foreign for sample in samples):.1%} of the machine's CPU "
        f"in a round (median {statistics.median(sample.foreign for sample in samples):.1%}). "
        f"JIT compilation: at most {max(sample.compiling for sample in samples):.1%} of a gateway's CPU in a round."
    )


def overview(results: Mapping[str, Mapping[str, Rounds]]) -> str:
    """CPU time a request: one line for each scenario, one column for each gateway."""
    names = [name for name in PEERS if any(name in peers for peers in results.values())]
    lines = [
        f"| CPU µs a request | {' | '.join(PEERS[name].title for name in names)} |",
        f"|---{'|---:' * len(names)}|",
    ]
    for scenario, peers in results.items():
        cells = [
            Spread.of([sample.cpu_us for sample in peers[name]]).show(",.1f") if name in peers else "–"
            for name in names
        ]
        lines.append(f"| {SCENARIOS[scenario].title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _facts(facts: Mapping[str, object]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in facts.items()) + "."


def markdown(about: Mapping[str, Mapping[str, object]], results: Mapping[str, Mapping[str, Rounds]]) -> str:
    """The whole report."""
    sections = [_facts({**about["machine"], **about["versions"]}), "Median of the rounds (least–most)."]
    if len(results) > 1:
        sections.append(overview(results))
    for name, rounds in results.items():
        sections += [f"### {SCENARIOS[name].title}", table(rounds), disturbances(rounds)]
    return "\n\n".join(sections)


def as_json(about: Mapping[str, object], results: Mapping[str, Mapping[str, Rounds]]) -> str:
    """Everything: what was run and where, the figures, and each sample by itself."""
    return json.dumps(
        {
            **about,
            "scenarios": {
                scenario: {
                    "figures": {
                        name: {figure: asdict(spread) for figure, spread in figures.items()}
                        for name, figures in summary(peers).items()
                    },
                    "rounds": {name: [asdict(sample) for sample in rounds] for name, rounds in peers.items()},
                }
                for scenario, peers in results.items()
            },
        },
        indent=2,
    )
