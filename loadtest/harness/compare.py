"""Compares Mooring with its peers, in interleaved rounds of one scenario after the other."""

import argparse
import sys
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from . import jvm, machine, peers, report
from .arguments import add_common, positive, some_of
from .measure import Sample
from .processes import Failure, Process, Processes, allow_many_files, check_ports_free, say
from .rounds import Pace, Rounds
from .scenarios import SCENARIOS, setups
from .site import ROOT, Site

RESULTS = ROOT / "loadtest" / "results"

# As HAProxy has one thread and nginx one worker: for the clients' and the backends' side together.
ONE_EVENT_LOOP = "-Dreactor.netty.ioWorkerCount=1"

FULL = Pace(rounds=5, seconds=None, connections=None, warm_up_main=60, warm_up_first=12, warm_up=2)
# Few connections: a cold Java gateway has to answer on each of them before the second is over.
QUICK = Pace(rounds=1, seconds=1, connections=8, warm_up_main=3, warm_up_first=2, warm_up=1)


@dataclass(frozen=True)
class Settings:
    """What was asked for on the command line."""

    peers: tuple[str, ...]
    scenarios: tuple[str, ...]
    pace: Pace
    base_port: int
    java: str | None


def parse(arguments: list[str]) -> tuple[Settings, bool]:
    """The settings, and whether only the gateways' names are wanted."""
    parser = argparse.ArgumentParser(prog="loadtest/bin/compare", description=__doc__)
    parser.add_argument(
        "--scenario", type=some_of(SCENARIOS), default=tuple(SCENARIOS), metavar="A,B", help=", ".join(SCENARIOS)
    )
    parser.add_argument(
        "--only", type=some_of(peers.PEERS), default=tuple(peers.PEERS), metavar="A,B", help=", ".join(peers.PEERS)
    )
    parser.add_argument("--rounds", type=positive, help=f"rounds to measure (default {FULL.rounds})")
    parser.add_argument("--seconds", type=positive, help="length of a sample (default: the scenario's)")
    parser.add_argument("--connections", type=positive, help="the client's connections (default: the scenario's)")
    parser.add_argument(
        "--warm-up",
        type=positive,
        help=f"most seconds to warm a Java gateway up for the main scenario (default {FULL.warm_up_main})",
    )
    parser.add_argument("--quick", action="store_true", help="a smoke test of everything: the figures are rough")
    add_common(parser)
    parser.add_argument("--list-peers", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    pace = QUICK if given.quick else FULL
    settings = Settings(
        peers=given.only,
        scenarios=given.scenario,
        pace=replace(
            pace,
            rounds=given.rounds or pace.rounds,
            seconds=given.seconds or pace.seconds,
            connections=given.connections or pace.connections,
            warm_up_main=given.warm_up or pace.warm_up_main,
        ),
        base_port=given.base_port,
        java=given.java,
    )
    return settings, given.list_peers


class Comparison:
    """One run: its backends, and the gateways of one setup after the other."""

    def __init__(self, settings: Settings, site: Site, processes: Processes) -> None:
        self._settings = settings
        self._site = site
        self._backends = peers.start_backends(processes, site)

    def run(self) -> dict[str, dict[str, list[Sample]]]:
        results: dict[str, dict[str, list[Sample]]] = {}
        for setup, names in setups(self._settings.scenarios):
            site = replace(self._site, setup=setup, directory=self._site.directory / setup.name)
            site.directory.mkdir()
            with Processes(site.directory) as processes:
                rounds = Rounds(self._settings.pace, site, self._start(processes, site, names), self._backends.values())
                results |= {name: rounds.run(name, SCENARIOS[name]) for name in names}
        return results

    def _start(self, processes: Processes, site: Site, scenarios: Collection[str]) -> dict[str, Process]:
        wanted = tuple(
            peer for peer in self._settings.peers if any(peer in SCENARIOS[name].peers for name in scenarios)
        )
        say(f"Starting {', '.join(peers.PEERS[peer].title for peer in wanted)} for {', '.join(scenarios)}")
        return peers.start(processes, site, wanted, (ONE_EVENT_LOOP,))


def compare(settings: Settings) -> Path:
    """Runs it all, prints the tables, and returns the directory of the results."""
    started = datetime.now().astimezone()
    site = Site(settings.base_port, RESULTS / f"compare-{started:%Y%m%d-%H%M%S}", jvm.at(settings.java))
    check_ports_free(peers.ports(site, settings.peers))
    site.directory.mkdir(parents=True)
    allow_many_files()
    with Processes(site.directory) as processes:
        results = Comparison(settings, site, processes).run()
    about = {
        "started": started.isoformat(timespec="seconds"),
        "machine": machine.machine(),
        "versions": machine.versions(site.jvm),
        "settings": asdict(settings),
    }
    (site.directory / "result.json").write_text(report.as_json(about, results) + "\n")
    markdown = report.markdown(about, results)
    (site.directory / "table.md").write_text(markdown + "\n")
    print(markdown)
    return site.directory


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
