"""Compares Mooring with its peers, in interleaved rounds of one scenario after the other."""

import sys
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from . import charts, details, fresh, jvm, machine, peers, report
from .processes import Process, Processes, allow_many_files, check_ports_free, conclude, say
from .results import Results
from .rounds import Rounds
from .scenarios import FRESH, LATENCY, SCENARIOS, SOAK, SYSTEM_CALLS, setups
from .settings import Settings, parse
from .site import ROOT, Setup, Site

RESULTS = ROOT / "loadtest" / "results"

# As HAProxy has one thread and nginx one worker: for the clients' and the backends' side together.
ONE_EVENT_LOOP = "-Dreactor.netty.ioWorkerCount=1"


class Comparison:
    """One run: its backends, and the gateways of one setup after the other."""

    def __init__(self, settings: Settings, site: Site, processes: Processes) -> None:
        self._settings = settings
        self._site = site
        self._backends = peers.start_backends(processes, site)
        self._results = Results()

    def run(self) -> Results:
        wanted = tuple(name for name in self._settings.scenarios if self._participants([name]))
        for setup, names in setups(wanted):
            self._run_on(setup, names)
        pace = self._settings.pace
        if fresh_ones := [name for name in wanted if name in FRESH]:
            self._results.fresh = fresh.starts(
                self._site,
                self._settings.peers,
                fresh_ones,
                pace.rounds,
                pace.idle_connections,
                cached=pace.launches_cached,
            )
        return self._results

    def _run_on(self, setup: Setup, names: list[str]) -> None:
        """What is measured on a setup, all its gateways up at once."""
        site = self._site.of(setup)
        with Processes(site.directory) as processes:
            gateways = self._start(processes, site, names)
            rounds = Rounds(self._settings.pace, site, gateways, list(self._backends.values()))
            for name in names:
                if name in SCENARIOS:
                    self._results.scenarios[name] = rounds.run(name)
            if LATENCY in names:
                self._results.latency_rate = self._settings.rate or details.rate_for_all(rounds)
                self._results.latencies = details.latencies(rounds, self._results.latency_rate)
            if SYSTEM_CALLS in names:
                self._results.system_calls = details.system_calls(rounds)
            if SOAK in names:
                self._results.soaked = details.soaked(rounds)

    def _start(self, processes: Processes, site: Site, names: Collection[str]) -> dict[str, Process]:
        wanted = self._participants(names)
        say(f"Starting {', '.join(peers.PEERS[peer].title for peer in wanted)} for {', '.join(names)}")
        return peers.start(processes, site, wanted, (*jvm.FIXED_HEAP, ONE_EVENT_LOOP))

    def _participants(self, names: Collection[str]) -> tuple[str, ...]:
        """The chosen gateways that can do at least one of these."""
        return tuple(
            peer
            for peer in self._settings.peers
            if any(name not in SCENARIOS or peer in SCENARIOS[name].peers for name in names)
        )


def compare(settings: Settings) -> Path:
    """Runs it all, prints the tables, and returns the directory of the results."""
    started = datetime.now().astimezone()
    site = Site(settings.base_port, RESULTS / f"compare-{started:%Y%m%d-%H%M%S}", jvm.at(settings.java))
    check_ports_free(peers.ports(site, settings.peers))
    site.directory.mkdir(parents=True)
    allow_many_files()
    with Processes(site.directory) as processes:
        results = Comparison(settings, site, processes).run()
    where, what = machine.machine(), machine.versions(site.jvm)
    about = {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now().astimezone() - started).total_seconds()),
        "machine": where,
        "versions": what,
        "settings": asdict(settings),
    }
    (site.directory / "result.json").write_text(report.as_json(about, results) + "\n")
    markdown = report.markdown(where | what | {"taken": f"{about['seconds']} s"}, results)
    (site.directory / "table.md").write_text(markdown + "\n")
    print(markdown)
    charts.draw(results, site.directory)
    return site.directory


def main() -> int:
    settings, list_only = parse(sys.argv[1:])
    if list_only:
        print(*settings.peers)
        return 0
    return conclude("compare", partial(compare, settings))


if __name__ == "__main__":
    sys.exit(main())
