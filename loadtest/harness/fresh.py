"""What only a gateway that has just been started can show: how long that took, its memory at rest and idle."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import idle, launch, memory, peers
from .jvm import BREATHING_HEAP
from .processes import Process, Processes, say
from .site import Setup, Site, make_certificate

WITH_CACHE = "Mooring with its AOT cache"


@dataclass(frozen=True)
class Footprint:
    """Resident memory after the first request, and what a connection added that did nothing more."""

    at_rest_bytes: int
    idle_connection_bytes: float


def footprints(
    site: Site, names: Sequence[str], java_flags: tuple[str, ...], rounds: int, connections: int
) -> dict[str, list[Footprint]]:
    """Starts all gateways anew for each round, and holds the connections against one after the other."""
    found: dict[str, list[Footprint]] = {name: [] for name in names}
    for number in range(1, rounds + 1):
        here = site.of(Setup(f"idle-{number}"))
        with Processes(here.directory) as processes:
            # The memory of a heap that never shrinks would tell of garbage, not of connections.
            started = peers.start(processes, here, tuple(names), (*BREATHING_HEAP, *java_flags))
            for name, process in started.items():
                found[name].append(_footprint(here, name, process, connections))
    return found


def _footprint(site: Site, name: str, process: Process, connections: int) -> Footprint:
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


def launches(site: Site, names: Sequence[str], rounds: int, *, cached: bool) -> dict[str, list[float]]:
    """Seconds to the first proxied request, one gateway after the other; of Mooring also with its AOT cache."""
    here = site.of(Setup("launch"))
    make_certificate(here.directory)
    commands = {}
    for name in names:
        configuration = peers.PEERS[name].configure(here, name)
        if name == peers.MOORING:
            commands[name] = launch.mooring(here.jvm, configuration, cached=False)
            if cached and launch.prepare_cache(here.jvm):
                commands[WITH_CACHE] = launch.mooring(here.jvm, configuration, cached=True)
        else:
            commands[name] = peers.PEERS[name].command(here, configuration, ())
    found: dict[str, list[float]] = {name: [] for name in commands}
    with Processes(here.directory) as processes:
        for _ in range(rounds):
            for name, command in commands.items():
                gateway = peers.MOORING if name == WITH_CACHE else name
                seconds = launch.measure(processes, gateway, command, here.url(gateway))
                found[name].append(seconds)
                say(f"launch: {name}: {seconds:.2f} s")
    return found
