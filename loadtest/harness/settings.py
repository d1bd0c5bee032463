"""The command line of compare."""

import argparse
from dataclasses import dataclass, replace

from . import peers
from .arguments import add_common, positive, some_of
from .rounds import Pace
from .scenarios import ALL, USUAL

PURPOSE = "Compares Mooring with its peers, in interleaved rounds of one scenario after the other."

FULL = Pace(
    rounds=5,
    seconds=None,
    connections=None,
    warm_up_main=20,
    warm_up_first=10,
    most_warm_up=60,
    latency_seconds=2,
    soak_seconds=5,
    soak_clients=1000,
    soak_rate=1000,
    idle_connections=8000,
    launches_cached=True,
)
# Few connections: a cold Java gateway has to answer on each of them before the second is over.
QUICK = Pace(
    rounds=1,
    seconds=1,
    connections=8,
    warm_up_main=3,
    warm_up_first=2,
    most_warm_up=1,
    latency_seconds=1,
    soak_seconds=3,
    soak_clients=100,
    soak_rate=60,
    idle_connections=500,
    launches_cached=False,
)
# The Java gateways take half a minute to start with so many routes.
QUICK_SCENARIOS = tuple(name for name in USUAL if name != "routes-10000")


@dataclass(frozen=True)
class Settings:
    """What was asked for on the command line."""

    peers: tuple[str, ...]
    scenarios: tuple[str, ...]
    pace: Pace
    rate: int | None
    base_port: int
    java: str | None


def parse(arguments: list[str]) -> tuple[Settings, bool]:
    """The settings, and whether only the gateways' names are wanted."""
    parser = argparse.ArgumentParser(prog="loadtest/bin/compare", description=PURPOSE)
    parser.add_argument("--scenario", type=some_of(ALL), metavar="A,B", help=", ".join(ALL))
    parser.add_argument(
        "--only", type=some_of(peers.PEERS), default=tuple(peers.PEERS), metavar="A,B", help=", ".join(peers.PEERS)
    )
    parser.add_argument("--rounds", type=positive, help=f"rounds to measure (default {FULL.rounds})")
    parser.add_argument("--seconds", type=positive, help="length of a sample (default: the scenario's)")
    parser.add_argument("--connections", type=positive, help="the client's connections (default: the scenario's)")
    parser.add_argument("--rate", type=positive, help="requests a second of latency rounds (default: what all bear)")
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
        scenarios=given.scenario or (QUICK_SCENARIOS if given.quick else USUAL),
        pace=replace(
            pace,
            rounds=given.rounds or pace.rounds,
            seconds=given.seconds or pace.seconds,
            connections=given.connections or pace.connections,
            warm_up_main=given.warm_up or pace.warm_up_main,
        ),
        rate=given.rate,
        base_port=given.base_port,
        java=given.java,
    )
    return settings, given.list_peers
