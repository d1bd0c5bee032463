"""Draws what a run found, with gnuplot, as SVG and PNG."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .peers import PEERS
from .processes import Failure
from .report import title
from .results import Figure, Results, Spread, latency_figures, launch_figures, memory_figures
from .scenarios import MAIN

# A gateway has the same colour in every chart; they can be told apart by people who see colours alike, too.
COLOURS = {"haproxy": "#0072b2", "nginx": "#009e73", "stock": "#e69f00", "mooring": "#d55e00"}
OTHER_COLOUR = "#f0b090"

USER_COLOUR, SYSTEM_COLOUR = "#56b4e9", "#555555"


@dataclass(frozen=True)
class Bars:
    """A chart of bars: groups along the axis, one bar of each gateway in a group, whiskers to the least and most."""

    name: str
    title: str
    axis: str
    groups: Sequence[str]
    # Spreads in the order of the groups; nothing where a gateway takes no part.
    series: Mapping[str, Sequence[Spread | None]]
    logarithmic: bool = False

    def script(self) -> str:
        names = list(self.series)
        width = 0.8 / len(names)
        lines = [
            f"set title {_quoted(self.title)}",
            f"set ylabel {_quoted(self.axis)}",
            "set logscale y" if self.logarithmic else "set yrange [0:*]",
            # A logarithmic bar begins at the bottom, wherever that is.
            f"set yrange [{self._floor()}:*]" if self.logarithmic else "",
            f"set xrange [-0.6:{len(self.groups) - 0.4}]",
            f"set xtics ({', '.join(f'{_quoted(group)} {at}' for at, group in enumerate(self.groups))})",
            # Long names side by side would run into each other.
            "set xtics rotate by -20" if len(self.groups) > 5 else "",
            f"set boxwidth {width * 0.92}",
        ]
        for number, name in enumerate(names):
            lines.append(f"$data{number} << END")
            place = (number - (len(names) - 1) / 2) * width
            lines += [
                f"{at + place} {spread.median} {spread.least} {spread.most}"
                for at, spread in enumerate(self.series[name])
                if spread
            ]
            lines.append("END")
        bars = [
            f"$data{number} using 1:2 with boxes fillcolor {_quoted(_colour(name))} title {_quoted(title(name))}, "
            f"$data{number} using 1:3:(0):($4-$3) with vectors nohead linecolor 'black' linewidth 2 notitle"
            for number, name in enumerate(names)
        ]
        return "\n".join([*lines, f"plot {', '.join(bars)}"])

    def _floor(self) -> float:
        least = min(spread.least for spreads in self.series.values() for spread in spreads if spread)
        floor = 1.0
        while floor > least:
            floor /= 10
        while floor * 10 < least:
            floor *= 10
        return floor


def _colour(name: str) -> str:
    return COLOURS.get(name, OTHER_COLOUR)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def by_scenario(results: Results) -> Bars:
    names = [name for name in PEERS if any(name in scenario for scenario in results.scenarios.values())]
    return Bars(
        "cpu-by-scenario",
        "CPU time of a request",
        "µs, logarithmic",
        list(results.scenarios),
        {
            name: [
                Spread.of([sample.cpu_us for sample in scenario[name]]) if name in scenario else None
                for scenario in results.scenarios.values()
            ]
            for name in names
        },
        logarithmic=True,
    )


def of_figures(name: str, heading: str, axis: str, figures: Sequence[Figure], *, logarithmic: bool = False) -> Bars:
    gateways = dict.fromkeys(gateway for figure in figures for gateway in figure.rounds)
    series = {
        gateway: [figure.spread(gateway) if gateway in figure.rounds else None for figure in figures]
        for gateway in gateways
    }
    return Bars(name, heading, axis, [figure.title for figure in figures], series, logarithmic)


def user_and_system(results: Results) -> str:
    """The main scenario's CPU time, user stacked on system."""
    lines = [
        "set title 'CPU time of a small GET with a valid cookie'",
        "set ylabel 'µs'",
        "set key inside top left",
        "set yrange [0:*]",
        "set style data histograms",
        "set style histogram rowstacked",
        "set boxwidth 0.6",
        "$data << END",
    ]
    for name, rounds in results.scenarios[MAIN].items():
        system = Spread.of([sample.system_us for sample in rounds]).median
        user = Spread.of([sample.user_us for sample in rounds]).median
        label = title(name).replace("stock ", "stock\\n")
        lines.append(f'"{label}" {system} {user}')
    lines += [
        "END",
        f"plot $data using 2:xtic(1) linecolor rgb {_quoted(SYSTEM_COLOUR)} title 'system', "
        f"$data using 3 linecolor rgb {_quoted(USER_COLOUR)} title 'user'",
    ]
    return "\n".join(lines)


def scripts(results: Results) -> Iterator[tuple[str, str]]:
    """The charts that a run has figures for: their names and gnuplot's commands."""
    if len(results.scenarios) > 1:
        chart = by_scenario(results)
        yield chart.name, chart.script()
    if MAIN in results.scenarios:
        yield "cpu-small-get", user_and_system(results)
    if results.latencies:
        heading = f"Latency of a small GET at {results.latency_rate:,} requests a second"
        figures = latency_figures(results)
        yield "latency", of_figures("latency", heading, "µs, logarithmic", figures, logarithmic=True).script()
    memory = memory_figures(results)
    for unit, name, heading in (("MiB", "memory", "Resident memory"), ("KiB", "memory-idle", "Memory of a connection")):
        figures = [figure for figure in memory if figure.title.endswith(unit)]
        if figures:
            yield name, of_figures(name, heading, unit, figures).script()
    if results.fresh.launches:
        heading = "From launch to the first proxied request"
        yield "launch", of_figures("launch", heading, "s", launch_figures(results)).script()


def draw(results: Results, directory: Path) -> list[Path]:
    """Writes every chart and returns where the SVGs are."""
    drawn = []
    for name, script in scripts(results):
        width = 1500 if name == "cpu-by-scenario" else 800
        for terminal, kind in (("svg", "svg"), ("pngcairo", "png")):
            target = directory / f"{name}.{kind}"
            _gnuplot(f"set terminal {terminal} size {width},480 background 'white' font 'sans,12'\n", target, script)
        drawn.append(directory / f"{name}.svg")
    return drawn


def _gnuplot(terminal: str, target: Path, script: str) -> None:
    style = (
        f"set output {_quoted(str(target))}\nset encoding utf8\nset style fill solid\nset grid ytics\n"
        "set key below\nset border 3\nset tics nomirror\n"
    )
    drawn = subprocess.run(
        ["gnuplot"], input=terminal + style + script + "\n", capture_output=True, text=True, check=False
    )
    if drawn.returncode != 0:
        raise Failure(f"gnuplot drew no {target.name}: {drawn.stderr[:500]}")
