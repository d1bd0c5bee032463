"""What is asked of each gateway. A scenario is data; compare.py runs whichever are listed here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from .peers import BODIES, HAPROXY, MOORING, NGINX, PEERS
from .site import Setup


class Tool(Enum):
    """What sends the requests."""

    WRK = auto()
    H2LOAD = auto()
    H2LOAD_CONNECTIONS = auto()
    UDP = auto()


class Session(Enum):
    """What holds the client to its backend."""

    # It has a valid cookie, and every response has to come from its backend.
    COOKIE = auto()
    # It has none: every request is a first visit, and every response has to bring a cookie.
    NONE_YET = auto()
    # Its address is known to the gateway's TCP or UDP listener.
    SOURCE = auto()


PLAIN = Setup("plain")
TLS = Setup("tls", tls=True)
SPLICE = Setup("splice", splice=True)
ROUTES_100 = Setup("routes-100", routes=100)
ROUTES_10000 = Setup("routes-10000", routes=10_000)

KNOWS_TCP = (HAPROXY, NGINX, MOORING)


@dataclass(frozen=True)
class Scenario:
    """A request that one client repeats on all its connections. What is not said is a small GET with a cookie."""

    title: str
    setup: Setup = PLAIN
    tool: Tool = Tool.WRK
    session: Session = Session.COOKIE
    path: str = "/"
    post_bytes: int = 0
    new_connections: bool = False
    connections: int = 32
    # What a sample takes unless the command line says otherwise.
    seconds: int = 1
    # At most, of a Java gateway that has seen other scenarios.
    warm_up: int = 2
    peers: tuple[str, ...] = tuple(PEERS)

    @property
    def response_bytes(self) -> int | None:
        """Nothing, if the response is but the backend's name."""
        return BODIES.get(self.path.lstrip("/"))


def _l4(
    title: str, *, path: str = "/", new_connections: bool = False, setup: Setup = PLAIN, warm_up: int = 2
) -> Scenario:
    return Scenario(
        title,
        setup,
        session=Session.SOURCE,
        path=path,
        new_connections=new_connections,
        warm_up=warm_up,
        peers=KNOWS_TCP,
    )


MAIN = "small-get"

SCENARIOS: Mapping[str, Scenario] = {
    MAIN: Scenario("Small GET with a valid cookie, keep-alive on both sides", seconds=2),
    "first-visit": Scenario("First visit: small GET without a cookie", session=Session.NONE_YET),
    "get-10k": Scenario("GET of 10 KB", path="/10k"),
    "get-1m": Scenario("GET of 1 MB", path="/1m"),
    "post-10k": Scenario("POST of 10 KB", post_bytes=10_000),
    "tcp-round-trip": _l4("TCP round trip: a small request and response", warm_up=6),
    "tcp-bulk": _l4("TCP bulk: responses of 1 MB", path="/1m"),
    "tcp-bulk-splice": _l4("TCP bulk, HAProxy with splice-auto", path="/1m", setup=SPLICE),
    "tcp-connections": _l4("TCP: a connection a request", new_connections=True),
    "udp-pairs": Scenario(
        "UDP: pairs of a 64-byte datagram and its reply",
        tool=Tool.UDP,
        session=Session.SOURCE,
        # The start of the client's JVM is part of it.
        seconds=2,
        warm_up=10,
        peers=(NGINX, MOORING),
    ),
    "https": Scenario("HTTPS: small GET, keep-alive", setup=TLS, warm_up=12),
    "https-connections": Scenario(
        "HTTPS: a connection and full handshake a request", setup=TLS, tool=Tool.H2LOAD_CONNECTIONS, warm_up=6
    ),
    "http2": Scenario(
        "HTTP/2 over TLS: small GET, 16 streams on each of 4 connections",
        setup=TLS,
        tool=Tool.H2LOAD,
        connections=4,
        warm_up=10,
    ),
    "routes-100": Scenario("Small GET to the last of 100 routes", setup=ROUTES_100, path="/route-100/"),
    # Few connections: what is under way when the time is up has cost CPU but is not counted.
    "routes-10000": Scenario(
        "Small GET to the last of 10,000 routes",
        setup=ROUTES_10000,
        path="/route-10000/",
        connections=4,
        warm_up=8,
    ),
}


# What is measured beside the CPU time of requests.
LATENCY = "latency"
SYSTEM_CALLS = "system-calls"
SOAK = "soak"
IDLE = "idle-connections"
IDLE_TCP = "idle-tcp-connections"
LAUNCH = "launch"
# On the plain setup, after its scenarios.
ON_PLAIN = (LATENCY, SYSTEM_CALLS, SOAK)
SETTLED = (*SCENARIOS, *ON_PLAIN)
# Of gateways that have just been started.
FRESH = (IDLE, IDLE_TCP, LAUNCH)
ALL = (*SETTLED, *FRESH)
# What makes a run longer than the rest is worth to most.
ON_REQUEST = ("tcp-bulk-splice", "routes-100", IDLE_TCP)
USUAL = tuple(name for name in ALL if name not in ON_REQUEST)


def setups(names: tuple[str, ...]) -> Iterator[tuple[Setup, list[str]]]:
    """The setups that these need, each with what is measured on it."""
    needed = {name: SCENARIOS[name].setup if name in SCENARIOS else PLAIN for name in names if name in SETTLED}
    for setup in dict.fromkeys(needed.values()):
        yield setup, [name for name in needed if needed[name] == setup]
