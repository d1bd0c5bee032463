"""Turns what a run found into tables that a person can read and JSON that a machine can."""

import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

from .measure import Sample
from .peers import HAPROXY, NGINX, PEERS, STOCK
from .results import (
    Figure,
    Results,
    Spread,
    latency_figures,
    launch_figures,
    memory_figures,
    ratios,
    system_call_figures,
)
from .scenarios import SCENARIOS

REFERENCES = (HAPROXY, NGINX, STOCK)

Rounds = Sequence[Sample]

CPU_FIGURES: Mapping[str, tuple[str, str, Callable[[Sample], float]]] = {
    "cpu_us": ("CPU µs a request", ",.1f", lambda sample: sample.cpu_us),
    "user_us": ("user", ",.1f", lambda sample: sample.user_us),
    "system_us": ("system", ",.1f", lambda sample: sample.system_us),
    "requests_a_cpu_second": ("requests a CPU-second", ",.0f", lambda sample: sample.requests_a_cpu_second),
    "requests_a_second": ("requests a second", ",.0f", lambda sample: sample.requests_a_second),
}


def title(name: str) -> str:
    return PEERS[name].title if name in PEERS else name


def _table(corner: str, heads: Sequence[str], lines: Mapping[str, Sequence[str]]) -> str:
    rows = [f"| {corner} | {' | '.join(heads)} |", f"|---{'|---:' * len(heads)}|"]
    rows += [f"| {head} | {' | '.join(cells)} |" for head, cells in lines.items()]
    return "\n".join(rows)


def summary(scenario: Mapping[str, Rounds]) -> dict[str, dict[str, Spread]]:
    """The figures of each gateway in a scenario."""
    figures = {
        name: {key: Spread.of([value(each) for each in rounds]) for key, (_, _, value) in CPU_FIGURES.items()}
        for name, rounds in scenario.items()
    }
    for reference in REFERENCES:
        if reference in scenario:
            for name, rounds in scenario.items():
                figures[name][f"to_{reference}"] = cpu_ratios(rounds, scenario[reference])
    return figures


def cpu_ratios(rounds: Rounds, reference: Rounds) -> Spread:
    return ratios([sample.cpu_us for sample in rounds], [sample.cpu_us for sample in reference])


def scenario_table(scenario: Mapping[str, Rounds]) -> str:
    """One line for each gateway."""
    references = [name for name in REFERENCES if name in scenario]
    heads = [head for head, _, _ in CPU_FIGURES.values()] + [f"CPU, × {title(name)}" for name in references]
    lines = {
        title(name): [
            *(figures[key].show(form) for key, (_, form, _) in CPU_FIGURES.items()),
            *(figures[f"to_{reference}"].show(".2f") for reference in references),
        ]
        for name, figures in summary(scenario).items()
    }
    return _table("gateway", heads, lines)


def overview(scenarios: Mapping[str, Mapping[str, Rounds]]) -> str:
    """CPU time a request: one line for each scenario, one column for each gateway."""
    names = [name for name in PEERS if any(name in scenario for scenario in scenarios.values())]

    def cell(scenario: Mapping[str, Rounds], name: str) -> str:
        if name not in scenario:
            return "–"
        shown = Spread.of([sample.cpu_us for sample in scenario[name]]).show(",.1f")
        reference = next((each for each in REFERENCES if each in scenario), name)
        if reference == name:
            return shown
        return f"{shown} ×{cpu_ratios(scenario[name], scenario[reference]).median:,.2f}"

    lines = {SCENARIOS[key].title: [cell(scenario, name) for name in names] for key, scenario in scenarios.items()}
    return _table("CPU µs a request", [title(name) for name in names], lines)


def figures_table(figures: Sequence[Figure], compared: Sequence[Figure] | None = None) -> str:
    """One line for each gateway, one column for each figure, with its ratio to HAProxy's: of all, or those compared."""
    names = list(dict.fromkeys(name for figure in figures for name in figure.rounds))

    def cell(figure: Figure, name: str) -> str:
        if name not in figure.rounds:
            return "–"
        shown = figure.spread(name).show(figure.form)
        if name == HAPROXY or figure not in (compared or figures) or not all(figure.rounds.get(HAPROXY, [0])):
            return shown
        return f"{shown} ×{ratios(figure.rounds[name], figure.rounds[HAPROXY]).median:,.2f}"

    lines = {title(name): [cell(figure, name) for figure in figures] for name in names}
    return _table("gateway", [figure.title for figure in figures], lines)


def disturbances(samples: Sequence[Sample]) -> str:
    """What else ran while it was measured: a reader's measure of how far to trust the figures."""
    return (
        f"Foreign to the measurement: at most {max(sample.foreign for sample in samples):.1%} of the machine's CPU "
        f"in a round (median {statistics.median(sample.foreign for sample in samples):.1%}). "
        f"JIT compilation: at most {max(sample.compiling for sample in samples):.1%} of a gateway's CPU in a round."
    )


def _sections(results: Results) -> Iterator[str]:
    if len(results.scenarios) > 1:
        yield "## CPU time of a request, by scenario"
        yield "Behind ×: against HAProxy in the same round, or against nginx where HAProxy takes no part."
        yield overview(results.scenarios)
    if results.latencies:
        late = max(each.late / each.requests for rounds in results.latencies.values() for each in rounds)
        yield f"## Latency of a small GET at {results.latency_rate:,} requests a second"
        yield figures_table(latency_figures(results))
        yield f"At most {late:.2%} of a round's requests were sent late by the client itself."
    if memory := memory_figures(results):
        yield "## Memory"
        yield figures_table(memory)
    if calls := list(system_call_figures(results)):
        yield "## System calls of a small GET"
        # A call that one gateway makes all the time and the other almost never has no ratio worth a look.
        yield figures_table(calls, compared=calls[:1])
    if launches := launch_figures(results):
        yield "## From launch to the first proxied request"
        yield figures_table(launches)
    if results.soaked:
        yield "## Sticky soak"
        yield from (
            f"{title(name)}: {sum(seen.clients_by_backend.values()):,} clients, {seen.requests:,} requests on "
            f"{seen.connections:,} connections; none failed, no client changed backend."
            for name, seen in results.soaked.items()
        )
    for name, scenario in results.scenarios.items():
        yield f"## {SCENARIOS[name].title}"
        yield scenario_table(scenario)
        yield disturbances([sample for rounds in scenario.values() for sample in rounds])


def markdown(facts: Mapping[str, str], results: Results) -> str:
    """The whole report, with the facts of the machine and the programs before it."""
    first = "; ".join(f"{key}: {value}" for key, value in facts.items()) + "."
    return "\n\n".join([first, "Median of the rounds (least–most).", *_sections(results)])


def as_json(about: Mapping[str, object], results: Results) -> str:
    """Everything: what was run and where, the figures, and each round by itself."""
    figures = {
        "latency": latency_figures(results),
        "memory": memory_figures(results),
        "system_calls": list(system_call_figures(results)),
        "launch": launch_figures(results),
    }
    return json.dumps(
        {
            **about,
            "figures": {
                **{
                    f"cpu_{scenario}": {
                        name: {key: asdict(spread) for key, spread in each.items()}
                        for name, each in summary(rounds).items()
                    }
                    for scenario, rounds in results.scenarios.items()
                },
                **{
                    group: {
                        figure.title: {name: asdict(figure.spread(name)) for name in figure.rounds} for figure in some
                    }
                    for group, some in figures.items()
                },
            },
            "rounds": asdict(results),
        },
        indent=2,
    )
