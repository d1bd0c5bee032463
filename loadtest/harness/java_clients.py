"""Runs the load clients of our own: UDP pairs, a constant arrival rate, many sticky clients."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import client_program
from .jvm import Jvm
from .load import Load, Request
from .processes import Failure, run_to_end
from .verdict import Expected, Seen, faults

DATAGRAM_BYTES = 64
# In flight on each socket.
UDP_WINDOW = 4

OPEN_LOOP_CONNECTIONS = 64
# The client's own JVM has compiled what it needs by then.
OPEN_LOOP_WARM_UP_SECONDS = 2


@dataclass(frozen=True)
class Latencies:
    """Of one round at a constant rate, in microseconds from when each request was due."""

    requests: int
    p50_us: float
    p99_us: float
    p999_us: float
    # Requests that the client itself sent late: they say how far to trust it.
    late: int


def _run(jvm: Jvm, subcommand: str, options: Mapping[str, object]) -> dict[str, Any]:
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [*client_program.command(jvm, subcommand), *words]
    finished = run_to_end(f"The {subcommand} client", command)
    try:
        result: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    except (IndexError, ValueError) as error:
        said = finished.stderr or finished.stdout
        raise Failure(f"The {subcommand} client ended without a result: {said}") from error
    return result


def udp(jvm: Jvm, request: Request, seconds: int) -> Load:
    counted = _run(
        jvm,
        "udp",
        {
            "target": request.url,
            "sockets": request.connections,
            "size": DATAGRAM_BYTES,
            "seconds": seconds,
            "window": UDP_WINDOW,
        },
    )
    return Load(counted["pairs"], counted["seconds"], {"lost": counted["lost"], "changed": counted["changed"]})


def at_rate(jvm: Jvm, request: Request, rate: int, seconds: int, peer: str) -> Latencies:
    """The latencies of a client with a cookie at a constant arrival rate."""
    counted = _run(
        jvm,
        "open-loop",
        {
            "url": request.url,
            "rate": rate,
            "seconds": seconds,
            "warm-up": OPEN_LOOP_WARM_UP_SECONDS,
            "connections": OPEN_LOOP_CONNECTIONS,
            "cookie": request.cookie,
            "expect": request.backend,
        },
    )
    Load(counted["requests"], counted["seconds"], counted["faults"]).check(peer)
    return Latencies(
        counted["requests"], counted["p50_us"], counted["p99_us"], counted["p999_us"], late=counted["late"]
    )


def soak(jvm: Jvm, url: str, clients: int, rate: int, seconds: int, peer: str) -> Seen:
    """Many clients with a cookie each; every response is checked."""
    options = {"target": url, "clients": clients, "seconds": seconds, "rate": rate, "requests-per-connection": 10}
    seen = Seen(**_run(jvm, "soak", options))
    wrong = list(faults(Expected(clients, max_growth_mib=0), seen, None))
    if wrong:
        raise Failure(f"{peer}: {'; '.join(wrong)}")
    return seen
