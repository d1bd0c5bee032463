"""What only a gateway that has just been started can show: how long that took, its memory at rest and idle."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from . import idle, launch, memory, peers
from .jvm import GROWING_HEAP
from .processes import Process, Processes, say
from .scenarios import IDLE, IDLE_TCP, LAUNCH
from .site import L4, Setup, Site, make_certificate

WITH_CACHE = "Mooring with its AOT cache"


@dataclass
class Fresh:
    """What was found, by gateway, each with one entry a round. What was not asked for is empty."""

    # Seconds, by what was launched.
    launches: dict[str, list[float]] = field(default_factory=dict)
    # Resident memory after the first request.
    at_rest_bytes: dict[str, list[float]] = field(default_factory=dict)
    # What a connection added that had one response and then did nothing.
    idle_http_bytes: dict[str, list[float]] = field(default_factory=dict)
    idle_tcp_bytes: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """A launch in each round, and what is measured then."""

    title: str
    gateway: str
    command: Sequence[str]
    timed: bool
    holds_http: bool = False
    holds_tcp: bool = False


def starts(
    site: Site, names: Sequence[str], wanted: Collection[str], rounds: int, connections: int, *, cached: bool
) -> Fresh:
    """Launches one after the other in each round; so many connections are then held against each."""
    here = site.of(Setup("fresh"))
    make_certificate(here.directory)
    planned = list(_planned(here, names, wanted, cached=cached and LAUNCH in wanted))
    found = Fresh()
    with Processes(here.directory) as processes:
        for _ in range(rounds):
            for start in planned:
                _measure(here, processes, start, connections, found)
    return found


def _planned(site: Site, names: Sequence[str], wanted: Collection[str], *, cached: bool) -> Iterator[Start]:
    """Each launch serves as many measurements as it can, but of idle connections only of one kind: what a gateway has
    learnt and kept for one would not be counted for the other."""
    timed, http = LAUNCH in wanted, IDLE in wanted
    for name in names:
        peer = peers.PEERS[name]
        configuration = peer.configure(site, name)
        tcp = IDLE_TCP in wanted and name in L4
        command = peer.command(site, configuration, GROWING_HEAP)
        if timed or http:
            yield Start(name, name, command, timed, holds_http=http, holds_tcp=tcp and not http)
        if tcp and (http or not timed):
            yield Start(name, name, command, timed=False, holds_tcp=True)
        if name == peers.MOORING and cached and launch.prepare_cache(site.jvm):
            yield Start(WITH_CACHE, name, launch.with_cache(site.jvm, configuration, GROWING_HEAP), timed)


def _measure(site: Site, processes: Processes, start: Start, connections: int, found: Fresh) -> None:
    with launch.launched(processes, start.gateway, start.command, site.url(start.gateway)) as (process, seconds):
        if start.timed:
            say(f"launch: {start.title}: {seconds:.2f} s")
            found.launches.setdefault(start.title, []).append(seconds)
        if not (start.holds_http or start.holds_tcp):
            return
        at_rest = _settled(site, start.gateway, process)
        with idle.held(site.url(L4[start.gateway] if start.holds_tcp else start.gateway), connections):
            a_connection = (_settled(site, start.gateway, process) - at_rest) / connections
        kind, bytes_by_gateway = ("TCP", found.idle_tcp_bytes) if start.holds_tcp else ("HTTP", found.idle_http_bytes)
        bytes_by_gateway.setdefault(start.gateway, []).append(a_connection)
        if start.holds_http:
            found.at_rest_bytes.setdefault(start.gateway, []).append(at_rest)
        say(f"idle {kind}: {start.title}: {at_rest / memory.MIB:.1f} MiB, {a_connection / 1024:.2f} KiB a connection")


def _settled(site: Site, name: str, process: Process) -> int:
    """Resident memory, of a Java gateway without what its collector has not freed yet."""
    return memory.without_garbage(site.jvm, process) if peers.PEERS[name].is_java else memory.resident(process)
