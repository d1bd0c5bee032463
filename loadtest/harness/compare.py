"""Compares the CPU time of a request through each gateway, in interleaved rounds."""

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from . import jvm, load, machine, peers, report
from .arguments import add_common, positive
from .measure import Sample, sample
from .processes import Failure, Process, Processes, allow_many_files, check_ports_free, say
from .scenarios import SCENARIOS, Scenario

RESULTS = peers.ROOT / "loadtest" / "results"

# A Java gateway is warm once its compilers took less than this of its CPU time, twice in a row.
WARM_BELOW = 0.02
WARM_UP_WINDOW_SECONDS = 5

# As HAProxy has one thread and nginx one worker: for the clients' and the backends' side together.
ONE_EVENT_LOOP = "-Dreactor.netty.ioWorkerCount=1"


@dataclass(frozen=True)
class Settings:
    """What was asked for on the command line."""

    peers: tuple[str, ...]
    rounds: int
    seconds: int
    connections: int
    warm_up_seconds: int
    base_port: int
    java: str | None


def parse(arguments: list[str]) -> tuple[Settings, bool]:
    """The settings, and whether only the gateways' names are wanted."""

    def known_peers(text: str) -> tuple[str, ...]:
        names = tuple(text.split(","))
        unknown = [name for name in names if name not in peers.PEERS]
        if unknown:
            raise argparse.ArgumentTypeError(f"{','.join(unknown)} (expected: some of {','.join(peers.PEERS)})")
        return tuple(name for name in peers.PEERS if name in names)

    parser = argparse.ArgumentParser(prog="loadtest/bin/compare", description=__doc__)
    parser.add_argument("--rounds", type=positive, help="rounds to measure (default 5)")
    parser.add_argument("--seconds", type=positive, help="length of a gateway's part of a round (default 10)")
    parser.add_argument("--connections", type=positive, default=32, help="the client's connections (default 32)")
    parser.add_argument("--warm-up", type=positive, help="most seconds to warm a Java gateway up (default 120)")
    parser.add_argument("--only", type=known_peers, default=tuple(peers.PEERS), metavar="A,B", help="these gateways")
    parser.add_argument("--quick", action="store_true", help="a smoke test: 2 rounds of 3 s, 15 s of warm-up")
    add_common(parser)
    parser.add_argument("--list-peers", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    rounds, seconds, warm_up = (2, 3, 15) if given.quick else (5, 10, 120)
    settings = Settings(
        peers=given.only,
        rounds=given.rounds or rounds,
        seconds=given.seconds or seconds,
        connections=given.connections,
        warm_up_seconds=given.warm_up or warm_up,
        base_port=given.base_port,
        java=given.java,
    )
    return settings, given.list_peers


class Comparison:
    """One run: all gateways up at once, loaded one at a time."""

    def __init__(self, settings: Settings, site: peers.Site, processes: Processes) -> None:
        self._settings = settings
        self._site = site
        self._backends = peers.start_backends(processes, site)
        self._peers: dict[str, Process] = {}
        for name in settings.peers:
            say(f"Starting {peers.PEERS[name].title} on {site.url(name)}")
            self._peers[name] = peers.start(processes, site, name, (ONE_EVENT_LOOP,))

    def run(self, scenario: Scenario) -> dict[str, list[Sample]]:
        for name in self._peers:
            if peers.PEERS[name].is_java:
                self._warm_up(name, scenario)
        results: dict[str, list[Sample]] = {name: [] for name in self._peers}
        for number in range(1, self._settings.rounds + 1):
            for name in self._peers:
                measured = self._sample(name, scenario, self._settings.seconds)
                results[name].append(measured)
                say(
                    f"Round {number}/{self._settings.rounds}: {peers.PEERS[name].title}: {measured.cpu_us:.1f} µs "
                    f"of CPU a request, {measured.requests_a_second:,.0f} requests a second"
                )
        return results

    def _sample(self, name: str, scenario: Scenario, seconds: int) -> Sample:
        # The client comes anew each time: an old cookie could be near its idle timeout.
        url = self._site.url(name) + scenario.path
        visit = load.first_visit(url, peers.PEERS[name].given_cookie)
        return sample(
            self._peers[name],
            self._backends,
            url,
            visit,
            connections=self._settings.connections,
            seconds=seconds,
        )

    def _warm_up(self, name: str, scenario: Scenario) -> None:
        title = peers.PEERS[name].title
        say(f"Warming up {title}")
        deadline = time.monotonic() + self._settings.warm_up_seconds
        window_seconds = min(WARM_UP_WINDOW_SECONDS, self._settings.warm_up_seconds)
        calm_windows, compiling = 0, 1.0
        while calm_windows < 2:
            if time.monotonic() >= deadline:
                say(f"{title} is still compiling: {compiling:.1%} of its CPU time; its figures will be too high")
                return
            compiling = self._sample(name, scenario, window_seconds).compiling
            calm_windows = calm_windows + 1 if compiling < WARM_BELOW else 0


def compare(settings: Settings) -> Path:
    """Runs it all, prints the tables, and returns the directory of the results."""
    started = datetime.now().astimezone()
    site = peers.Site(settings.base_port, RESULTS / f"compare-{started:%Y%m%d-%H%M%S}", jvm.at(settings.java))
    check_ports_free(peers.ports(site, settings.peers))
    site.directory.mkdir(parents=True)
    allow_many_files()
    with Processes(site.directory) as processes:
        comparison = Comparison(settings, site, processes)
        results = {name: comparison.run(scenario) for name, scenario in SCENARIOS.items()}
    where, what = machine.machine(), machine.versions(site.jvm)
    markdown = "\n\n".join(
        [
            "; ".join(f"{key}: {value}" for key, value in (where | what).items()) + ".",
            f"{settings.connections} connections, {settings.rounds} rounds of {settings.seconds} s, "
            "median (least–most).",
            *_sections(results.items()),
        ]
    )
    print(markdown)
    (site.directory / "table.md").write_text(markdown + "\n")
    about = {
        "started": started.isoformat(timespec="seconds"),
        "machine": where,
        "versions": what,
        "settings": vars(settings),
    }
    (site.directory / "result.json").write_text(report.as_json(about, results) + "\n")
    return site.directory


def _sections(results: Iterable[tuple[str, dict[str, list[Sample]]]]) -> Iterable[str]:
    for name, rounds in results:
        yield f"### {SCENARIOS[name].title}"
        yield report.table(rounds)
        yield report.disturbances(rounds)


def main() -> int:
    settings, list_only = parse(sys.argv[1:])
    if list_only:
        print(*settings.peers)
        return 0
    try:
        say(f"Written to {compare(settings)}")
    except Failure as failure:
        say(f"compare: {failure}")
        return 1
    except KeyboardInterrupt:
        say("compare: interrupted; everything it started has ended")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
