"""What only a gateway that has just been started can show: how long that took, its memory at rest and idle."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import idle, launch, memory, peers
from .jvm import SMALL_HEAP
from .processes import Process, Processes, say
from .site import Setup, Site, make_certificate

WITH_CACHE = "Mooring with its AOT cache"


@dataclass(frozen=True)
class Footprint:
    """Resident memory after the first request, and what a connection added that did nothing more."""

    at_rest_bytes: int
    idle_connection_bytes: float


@dataclass(frozen=True)
class Fresh:
    """What was found in each round, by what was launched."""

    launches: dict[str, list[float]]
    footprints: dict[str, list[Footprint]]


def starts(site: Site, names: Sequence[str], rounds: int, connections: int, *, cached: bool) -> Fresh:
    """Launches one gateway after the other in each round, Mooring also with its AOT cache; so many connections are then
    held against each but this last."""
    here = site.of(Setup("fresh"))
    make_certificate(here.directory)
    commands = _commands(here, names, cached=cached)
    found = Fresh({name: [] for name in commands}, {name: [] for name in names})
    with Processes(here.directory) as processes:
        for _ in range(rounds):
            for name, command in commands.items():
                gateway = peers.MOORING if name == WITH_CACHE else name
                with launch.launched(processes, gateway, command, here.url(gateway)) as (process, seconds):
                    say(f"launch: {name}: {seconds:.2f} s")
                    found.launches[name].append(seconds)
                    if name != WITH_CACHE and connections:
                        found.footprints[name].append(_footprint(here, name, process, connections))
    return found


def _commands(site: Site, names: Sequence[str], *, cached: bool) -> dict[str, list[str]]:
    commands = {}
    for name in names:
        configuration = peers.PEERS[name].configure(site, name)
        if name == peers.MOORING:
            commands[name] = launch.mooring(site.jvm, configuration, SMALL_HEAP, cached=False)
            if cached and launch.prepare_cache(site.jvm):
                commands[WITH_CACHE] = launch.mooring(site.jvm, configuration, SMALL_HEAP, cached=True)
        else:
            commands[name] = peers.PEERS[name].command(site, configuration, SMALL_HEAP)
    return commands


def _footprint(site: Site, name: str, process: Process, connections: int) -> Footprint:
    if peers.PEERS[name].is_java:
        # Else its memory would tell of garbage, not of connections.
        site.jvm.keep_heap_small(process)
    at_rest = _settled(site, name, process)
    with idle.held(site.url(name), connections):
        holding = _settled(site, name, process)
    found = Footprint(at_rest, (holding - at_rest) / connections)
    say(
        f"idle-connections: {peers.PEERS[name].title}: {at_rest / memory.MIB:.1f} MiB at rest, "
        f"{found.idle_connection_bytes / 1024:.2f} KiB a connection"
    )
    return found


def _settled(site: Site, name: str, process: Process) -> int:
    """Resident memory, of a Java gateway after full collections."""
    if peers.PEERS[name].is_java:
        # The first gives memory back by what it found, the second by what it left.
        site.jvm.collect(process)
        site.jvm.collect(process)
    return memory.resident(process)
