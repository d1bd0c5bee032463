"""What is measured on the plain gateways beside the CPU time of their requests."""

from collections.abc import Mapping

from . import client, java_clients, syscalls
from .java_clients import Latencies
from .peers import PEERS
from .processes import say
from .rounds import Rounds
from .scenarios import MAIN, SCENARIOS
from .verdict import Seen

# A rate that even the slowest bears at ease: this share of what it manages in a closed loop.
SHARE_OF_SATURATION = 0.3
TRIAL_SECONDS = 1
# strace makes a call dearer, so the counts of few connections are those of many.
TRACED_SECONDS = 1


def rate_for_all(rounds: Rounds) -> int:
    """The requests a second of the latency rounds, to two digits."""
    rounds.warm_up(MAIN)
    slowest = min(rounds.sample(MAIN, peer, TRIAL_SECONDS).requests_a_second for peer in rounds.gateways)
    return max(10, int(float(f"{slowest * SHARE_OF_SATURATION:.1e}")))


def latencies(rounds: Rounds, rate: int) -> dict[str, list[Latencies]]:
    """Small GETs at the same rate through all gateways."""
    rounds.warm_up(MAIN)

    def one(peer: str) -> Latencies:
        request = client.begin(SCENARIOS[MAIN], rounds.site, peer, 1)
        measured = java_clients.at_rate(rounds.site.jvm, request, rate, rounds.pace.latency_seconds, peer)
        say(f"latency: {PEERS[peer].title}: 50 % {measured.p50_us:,.0f} µs, 99 % {measured.p99_us:,.0f} µs")
        return measured

    return rounds.interleaved(tuple(rounds.gateways), one)


def system_calls(rounds: Rounds) -> dict[str, list[Mapping[str, float]]]:
    """The calls that a small GET takes, by name."""
    rounds.warm_up(MAIN)
    scenario = SCENARIOS[MAIN]

    def one(peer: str) -> Mapping[str, float]:
        request = client.begin(scenario, rounds.site, peer, rounds.pace.connections or scenario.connections)
        counted = syscalls.a_request(
            rounds.gateways[peer],
            rounds.site.directory,
            lambda: client.send(scenario, rounds.site, request, TRACED_SECONDS),
        )
        say(f"system-calls: {PEERS[peer].title}: {sum(counted.values()):.1f} a request")
        return counted

    return rounds.interleaved(tuple(rounds.gateways), one)


def soaked(rounds: Rounds) -> dict[str, Seen]:
    """Many clients, each verified, of every gateway that inserts a cookie of its own."""
    pace, seen = rounds.pace, {}
    for peer in rounds.gateways:
        if PEERS[peer].given_cookie is None:
            seen[peer] = java_clients.soak(
                rounds.site.jvm,
                rounds.site.url(peer),
                clients=pace.soak_clients,
                rate=pace.soak_rate,
                seconds=pace.soak_seconds,
                peer=peer,
            )
            clients = sum(seen[peer].clients_by_backend.values())
            say(f"soak: {PEERS[peer].title}: {clients} clients, {seen[peer].requests:,} requests, none changed")
    return seen
