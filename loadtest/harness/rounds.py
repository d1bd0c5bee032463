"""Interleaved rounds: all gateways of a setup up at once, loaded one at a time."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from . import client, peers
from .measure import Sample, sample
from .memory import Allocations
from .peers import PEERS
from .processes import Process, say
from .scenarios import MAIN, SCENARIOS
from .site import Site

# A Java gateway is warm once its compilers took less than this of its CPU time, twice in a row.
WARM_BELOW = 0.02
WARM_UP_WINDOW_SECONDS = 5

Measured = TypeVar("Measured")


@dataclass(frozen=True)
class Pace:
    """How long everything takes."""

    rounds: int
    # Of a sample, and of the client; the scenario's own if nothing is said.
    seconds: int | None
    connections: int | None
    # At most, of a Java gateway: before the main scenario, before the first other one after its start, and as much as
    # a scenario may ask for beyond that.
    warm_up_main: int
    warm_up_first: int
    most_warm_up: int
    latency_seconds: int
    soak_seconds: int
    soak_clients: int
    # Requests a second of all of them together.
    soak_rate: int
    idle_connections: int
    # Whether Mooring is also launched with its AOT cache, which takes half a minute to prepare.
    launches_cached: bool


class Rounds:
    """The gateways of one setup, and the scenarios run against them."""

    def __init__(self, pace: Pace, site: Site, gateways: Mapping[str, Process], backends: Sequence[Process]) -> None:
        self.pace = pace
        self.site = site
        self.gateways = gateways
        self._backends = backends
        self._warmed: set[tuple[str, str]] = set()

    def run(self, name: str) -> dict[str, list[Sample]]:
        """All rounds of a scenario."""
        self.warm_up(name)

        def one(peer: str) -> Sample:
            measured = self.sample(name, peer, self.pace.seconds or SCENARIOS[name].seconds, as_measured=True)
            say(f"{name}: {PEERS[peer].title}: {measured.cpu_us:,.1f} µs, {measured.requests_a_second:,.0f} a second")
            return measured

        return self.interleaved([peer for peer in self.gateways if peer in SCENARIOS[name].peers], one)

    def interleaved(self, names: Sequence[str], measure: Callable[[str], Measured]) -> dict[str, list[Measured]]:
        """Measures each gateway once a round."""
        results: dict[str, list[Measured]] = {peer: [] for peer in names}
        for _ in range(self.pace.rounds):
            for peer in names:
                results[peer].append(measure(peer))
        return results

    def sample(self, name: str, peer: str, seconds: int, *, as_measured: bool = False) -> Sample:
        scenario = SCENARIOS[name]
        # The client comes anew each time: an old cookie could be near its idle timeout.
        request = client.begin(scenario, self.site, peer, self.pace.connections or scenario.connections)
        allocations = None
        if as_measured and name == MAIN and PEERS[peer].is_java:
            allocations = Allocations(self.site.jvm, self.gateways[peer], peers.gc_log(self.site, peer))
        return sample(
            self.gateways[peer],
            self._backends,
            lambda: client.send(scenario, self.site, request, seconds),
            allocations,
        )

    def warm_up(self, name: str) -> None:
        """Loads the Java gateways with a scenario, unless that was done before."""
        scenario = SCENARIOS[name]
        for peer in self.gateways:
            if PEERS[peer].is_java and peer in scenario.peers and (name, peer) not in self._warmed:
                say(f"Warming up {PEERS[peer].title} for {name}")
                self._load_until_calm(name, peer, self._most_warm_up(name, peer))
                self._warmed.add((name, peer))

    def _most_warm_up(self, name: str, peer: str) -> int:
        if name == MAIN:
            return self.pace.warm_up_main
        most = min(SCENARIOS[name].warm_up, self.pace.most_warm_up)
        return most if any(met == peer for _, met in self._warmed) else max(most, self.pace.warm_up_first)

    def _load_until_calm(self, name: str, peer: str, most_seconds: int) -> None:
        deadline = time.monotonic() + most_seconds
        calm_windows = 0
        while calm_windows < 2 and (left := round(deadline - time.monotonic())) > 0:
            compiling = self.sample(name, peer, min(WARM_UP_WINDOW_SECONDS, left)).compiling
            calm_windows = calm_windows + 1 if compiling < WARM_BELOW else 0
