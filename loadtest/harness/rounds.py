"""Interleaved rounds: all gateways of a setup up at once, loaded one at a time."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import client
from .measure import Sample, sample
from .peers import PEERS
from .processes import Process, say
from .scenarios import MAIN, Scenario
from .site import Site

# A Java gateway is warm once its compilers took less than this of its CPU time, twice in a row.
WARM_BELOW = 0.02
WARM_UP_WINDOW_SECONDS = 5


@dataclass(frozen=True)
class Pace:
    """How long everything takes."""

    rounds: int
    # Of a sample, and of the client; the scenario's own if nothing is said.
    seconds: int | None
    connections: int | None
    # At most, of a Java gateway: before the main scenario, before any other on a gateway that just started, and else.
    warm_up_main: int
    warm_up_first: int
    warm_up: int


class Rounds:
    """The gateways of one setup, and the scenarios run against them."""

    def __init__(self, pace: Pace, site: Site, gateways: Mapping[str, Process], backends: Sequence[Process]) -> None:
        self._pace = pace
        self._site = site
        self._gateways = gateways
        self._backends = backends
        self._met: set[str] = set()

    def run(self, name: str, scenario: Scenario) -> dict[str, list[Sample]]:
        names = [peer for peer in self._gateways if peer in scenario.peers]
        for peer in names:
            if PEERS[peer].is_java:
                self._warm_up(peer, scenario, self._most_warm_up(name, peer))
        results: dict[str, list[Sample]] = {peer: [] for peer in names}
        for number in range(1, self._pace.rounds + 1):
            for peer in names:
                measured = self._sample(peer, scenario, self._pace.seconds or scenario.seconds)
                results[peer].append(measured)
                say(
                    f"{name}, round {number}/{self._pace.rounds}: {PEERS[peer].title}: {measured.cpu_us:.1f} µs "
                    f"of CPU a request, {measured.requests_a_second:,.0f} requests a second"
                )
        return results

    def _sample(self, peer: str, scenario: Scenario, seconds: int) -> Sample:
        # The client comes anew each time: an old cookie could be near its idle timeout.
        connections = self._pace.connections or scenario.connections
        request = client.begin(scenario, self._site, peer, connections)
        return sample(
            self._gateways[peer], self._backends, lambda: client.send(scenario, self._site, request, seconds)
        )

    def _most_warm_up(self, name: str, peer: str) -> int:
        first = peer not in self._met
        self._met.add(peer)
        if name == MAIN:
            return self._pace.warm_up_main
        return self._pace.warm_up_first if first else self._pace.warm_up

    def _warm_up(self, peer: str, scenario: Scenario, most_seconds: int) -> None:
        say(f"Warming up {PEERS[peer].title}")
        deadline = time.monotonic() + most_seconds
        calm_windows = 0
        while calm_windows < 2 and (left := round(deadline - time.monotonic())) > 0:
            compiling = self._sample(peer, scenario, min(WARM_UP_WINDOW_SECONDS, left)).compiling
            calm_windows = calm_windows + 1 if compiling < WARM_BELOW else 0
