"""Accounts for the CPU time of a request through the Java gateways, layer by layer, by profiling them under load."""

import argparse
import platform
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
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


class Profiler:
    """Samples one gateway's threads while something is done."""

    def __init__(self, java: jvm.Jvm, library: Path, gateway: Process, output: Path) -> None:
        self._jcmd = [str(java.home / "bin" / "jcmd"), str(gateway.pid), "JVMTI.agent_load", str(library)]
        self._output = output

    def during(self, action: Callable[[], Sample]) -> tuple[dict[str, float], Sample]:
        """Microseconds a request by layer, and what was measured meanwhile."""
        self._tell(f"start,event=ctimer,interval={round(INTERVAL_SECONDS * 1000)}ms,threads")
        measured = action()
        self._tell(f"stop,collapsed,file={self._output}")
        with self._output.open() as collapsed:
            counted = layers.count(collapsed)
        a_sample = INTERVAL_SECONDS * MICROSECONDS / measured.requests
        return {layer: samples * a_sample for layer, samples in counted.items()}, measured

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
    accounts, measured = {}, {}
    with Processes(site.directory) as processes:
        backends = peers.start_backends(processes, site)
        there = site.of(scenario.setup)
        gateways = peers.start(processes, there, profiled, (*jvm.FIXED_HEAP, ONE_EVENT_LOOP))
        rounds = Rounds(replace(FULL, rounds=1), there, gateways, list(backends.values()))
        rounds.warm_up(name)
        for peer, gateway in gateways.items():
            title = peers.PEERS[peer].title
            profiler = Profiler(java, library, gateway, site.directory / f"{peer}.collapsed")
            by_layer, sample = profiler.during(partial(rounds.sample, name, peer, seconds))
            accounts[title], measured[title] = by_layer, sample.cpu_us
    markdown = layers.table(accounts, measured)
    (site.directory / "table.md").write_text(markdown + "\n")
    print(markdown)
    return site.directory


def main() -> int:
    parser = argparse.ArgumentParser(prog="loadtest/bin/account", description=__doc__)
    parser.add_argument("--scenario", choices=SCENARIOS, default=MAIN, help=f"one of compare's (default {MAIN})")
    parser.add_argument("--seconds", type=positive, default=15, help="how long each gateway is profiled (default 15)")
    add_common(parser)
    given = parser.parse_args()
    return conclude("account", partial(account, given.base_port, given.java, given.scenario, given.seconds))


if __name__ == "__main__":
    sys.exit(main())
