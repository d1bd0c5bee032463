"""Accounts for a request through the Java gateways, layer by layer, by profiling them: its CPU time, what it allocates."""

import argparse
import platform
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from . import jvm, layers, peers
from .arguments import add_common, positive
from .compare import ONE_EVENT_LOOP, RESULTS
from .measure import MICROSECONDS, Sample
from .processes import Failure, Process, Processes, allow_many_files, check_ports_free, conclude, say
from .rounds import Rounds
from .scenarios import MAIN, SCENARIOS
from .settings import FULL
from .site import ROOT, Site

PROFILER = "tools.profiler:async-profiler:4.1"
# The kernel looks at a thread's CPU timer 250 times a second, or more often: no sample stands for more than this.
INTERVAL_SECONDS = 0.004
# One sample for so many bytes that a thread has allocated.
INTERVAL_BYTES = 16 * 1024
GATEWAYS = (peers.STOCK, peers.MOORING)


def fetch_profiler() -> Path:
    """The profiler's library for this machine, brought by Maven."""
    target = ROOT / "loadtest" / "results" / "profiler"
    machine = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}.get(platform.machine())
    if machine is None:
        raise Failure(f"{platform.machine()}: async-profiler has no library for this processor")
    library = target / machine / "libasyncProfiler.so"
    if not library.exists():
        say(f"Fetching {PROFILER}")
        command = ["mvn", "-q", "-B", "-ntp", "dependency:copy", f"-Dartifact={PROFILER}", f"-DoutputDirectory={target}"]
        fetched = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        jars = list(target.glob("async-profiler-*.jar"))
        if fetched.returncode != 0 or not jars:
            raise Failure(f"{PROFILER} could not be fetched: {fetched.stdout}{fetched.stderr}")
        with zipfile.ZipFile(jars[0]) as jar:
            jar.extract(f"{machine}/{library.name}", target)
    return library


@dataclass(frozen=True)
class Account:
    """What a request takes of something, by layer, and in all as measured otherwise, if it was."""

    by_layer: Mapping[str, float]
    measured: float | None


class Profiler:
    """Samples one gateway's threads while something is done."""

    def __init__(self, java: jvm.Jvm, library: Path, gateway: Process, output: Path) -> None:
        self._jcmd = [str(java.home / "bin" / "jcmd"), str(gateway.pid), "JVMTI.agent_load", str(library)]
        self._output = output

    def cpu_us(self, action: Callable[[], Sample]) -> Account:
        sampled, measured = self._during(action, f"event=ctimer,interval={round(INTERVAL_SECONDS * 1000)}ms", "cpu")
        a_sample = INTERVAL_SECONDS * MICROSECONDS / measured.requests
        return Account({layer: samples * a_sample for layer, samples in sampled.items()}, measured.cpu_us)

    def allocated_bytes(self, action: Callable[[], Sample]) -> Account:
        sampled, measured = self._during(action, f"event=alloc,alloc={INTERVAL_BYTES}", "alloc", ",total")
        of_requests = {layer: size for layer, size in sampled.items() if layer != layers.OTHER_THREADS}
        return Account(
            {layer: size / measured.requests for layer, size in of_requests.items()}, measured.allocated_bytes
        )

    def _during(
        self, action: Callable[[], Sample], event: str, kind: str, options: str = ""
    ) -> tuple[Mapping[str, int], Sample]:
        output = self._output.with_suffix(f".{kind}.collapsed")
        self._tell(f"start,{event},threads")
        measured = action()
        self._tell(f"stop,collapsed{options},file={output}")
        with output.open() as collapsed:
            return layers.count(collapsed), measured

    def _tell(self, command: str) -> None:
        told = subprocess.run([*self._jcmd, f'"{command}"'], capture_output=True, text=True, check=False)
        if told.returncode != 0:
            raise Failure(f"the profiler could not be told to {command}: {told.stdout}{told.stderr}")


def account(base_port: int, home: str | None, name: str, seconds: int) -> Path:
    """Profiles one gateway after the other, prints the table, and returns the directory with it and the profiles."""
    scenario = SCENARIOS[name]
    profiled = tuple(gateway for gateway in GATEWAYS if gateway in scenario.peers)
    library, java = fetch_profiler(), jvm.at(home)
    site = Site(base_port, RESULTS / f"account-{datetime.now().astimezone():%Y%m%d-%H%M%S}", java)
    check_ports_free(peers.ports(site, profiled))
    site.directory.mkdir(parents=True)
    allow_many_files()
    cpu_us, allocated = {}, {}
    with Processes(site.directory) as processes:
        backends = peers.start_backends(processes, site)
        there = site.of(scenario.setup)
        gateways = peers.start(processes, there, profiled, (*jvm.FIXED_HEAP, ONE_EVENT_LOOP))
        rounds = Rounds(replace(FULL, rounds=1), there, gateways, list(backends.values()))
        rounds.warm_up(name)
        for peer, gateway in gateways.items():
            title = peers.PEERS[peer].title
            profiler = Profiler(java, library, gateway, site.directory / peer)
            load = partial(rounds.sample, name, peer, seconds, as_measured=True)
            cpu_us[title] = profiler.cpu_us(load)
            allocated[title] = profiler.allocated_bytes(load)
    markdown = "\n\n".join((
        "CPU time of a request, µs:",
        _table(cpu_us, "measured from `/proc` meanwhile", digits=1),
        "Bytes of heap that a request allocates:",
        _table(allocated, "measured by the heap's growth meanwhile", digits=0),
    ))
    (site.directory / "table.md").write_text(markdown + "\n")
    print(markdown)
    return site.directory


def _table(accounts: Mapping[str, Account], measured: str, digits: int) -> str:
    return layers.table(
        {title: account.by_layer for title, account in accounts.items()},
        {title: account.measured for title, account in accounts.items()},
        measured,
        digits,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="loadtest/bin/account", description=__doc__)
    parser.add_argument("--scenario", choices=SCENARIOS, default=MAIN, help=f"one of compare's (default {MAIN})")
    parser.add_argument("--seconds", type=positive, default=15, help="how long each profile takes (default 15)")
    add_common(parser)
    given = parser.parse_args()
    return conclude("account", partial(account, given.base_port, given.java, given.scenario, given.seconds))


if __name__ == "__main__":
    sys.exit(main())
