"""Floods a UDP listener of Mooring with sources that never return: what is bounded may not grow, nobody else may suffer."""

import argparse
import re
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from . import jvm, memory, peers
from .arguments import add_common, positive
from .compare import ONE_EVENT_LOOP, RESULTS
from .processes import Failure, Process, Processes, allow_many_files, check_ports_free, conclude, say
from .site import L4, Setup, Site

PAYLOAD = bytes(64)
ACTIVE_CLIENTS = 8
# The active clients ask in turn, once in so many datagrams of the flood.
FLOOD_BETWEEN_QUESTIONS = 50
PATIENCE_SECONDS = 1.0
# Of a client that asks again when its datagram or the answer is lost, as clients do.
ATTEMPTS = 5
# What the kernel's sockets of evicted flows and the collector's working space may still add once all bounds are reached.
MAX_GROWTH_MIB = 32
# The sources that fill the source table with its default of 1,000,000 clients, and the flows with theirs.
SOURCES_TO_FILL = 1_050_000
MOST_SOURCES = 16_000_000

# Of Linux; Python does not name it everywhere.
IP_PKTINFO = 8

_PAUSE = re.compile(r"\bPause\b.* (\d+\.\d+)ms")


@dataclass
class Seen:
    """What the active clients and the memory showed."""

    asked: int = 0
    repeated: int = 0
    changed: int = 0
    slowest_ms: float = 0.0
    resident: list[tuple[int, int]] = field(default_factory=list)

    def faults(self, filled_at: int) -> Iterator[str]:
        if self.changed:
            yield f"{self.changed} answers from another backend than the client's own"
        if self.repeated * 100 > self.asked:
            yield f"{self.repeated} of {self.asked} questions had to be asked again (expected: 1 % at most)"
        settled = [size for sources, size in self.resident if sources >= filled_at]
        if settled and max(settled) - settled[0] > MAX_GROWTH_MIB * memory.MIB:
            yield f"memory grew by {(max(settled) - settled[0]) // memory.MIB} MiB (expected: {MAX_GROWTH_MIB} at most)"


class ActiveClient:
    """A client with an address of its own that goes on using its flow."""

    def __init__(self, number: int, target: tuple[str, int]) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((f"127.1.0.{number + 1}", 0))
        self._socket.connect(target)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._backend: bytes | None = None

    def ask(self, seen: Seen) -> None:
        seen.asked += 1
        for attempt in range(ATTEMPTS):
            began = time.monotonic()
            self._socket.send(PAYLOAD)
            try:
                answer = self._socket.recv(2048)
            except (TimeoutError, ConnectionRefusedError):
                continue
            seen.repeated += 1 if attempt else 0
            seen.slowest_ms = max(seen.slowest_ms, (time.monotonic() - began) * 1000)
            if self._backend is None:
                self._backend = answer
            elif answer != self._backend:
                seen.changed += 1
            return
        raise Failure(f"An active client had no answer to {ATTEMPTS} datagrams")


def send_from(flood: socket.socket, source: int, target: tuple[str, int]) -> None:
    """One datagram from an address of its own within 127.0.0.0/8: the kernel is told which by IP_PKTINFO."""
    address = struct.pack("!I", (127 << 24) + (2 << 16) + source)
    flood.sendmsg(
        [PAYLOAD], [(socket.IPPROTO_IP, IP_PKTINFO, struct.pack("=I4s4s", 0, address, bytes(4)))], 0, target
    )


def run_flood(gateway: Process, target: tuple[str, int], sources: int, rate: int) -> Seen:
    seen = Seen()
    clients = [ActiveClient(number, target) for number in range(ACTIVE_CLIENTS)]
    flood = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    began = time.monotonic()
    for source in range(sources):
        send_from(flood, source, target)
        if source % FLOOD_BETWEEN_QUESTIONS == 0:
            clients[source // FLOOD_BETWEEN_QUESTIONS % ACTIVE_CLIENTS].ask(seen)
            time.sleep(max(0.0, began + source / rate - time.monotonic()))
        if source % (sources // 20) == 0:
            gateway.check_running()
            seen.resident.append((source, memory.resident(gateway)))
    seen.resident.append((sources, memory.resident(gateway)))
    return seen


def flood(base_port: int, home: str | None, sources: int, rate: int) -> Path:
    """Starts Mooring, floods it, prints what was seen, and returns the directory with its logs."""
    site = Site(base_port, RESULTS / f"flood-{datetime.now().astimezone():%Y%m%d-%H%M%S}", jvm.at(home))
    name = peers.MOORING
    check_ports_free(peers.ports(site, (name,)))
    site.directory.mkdir(parents=True)
    allow_many_files()
    with Processes(site.directory) as processes:
        peers.start_backends(processes, site)
        plain = site.of(Setup("plain"))
        gateway = peers.start(processes, plain, (name,), (*jvm.FIXED_HEAP, "-XX:+AlwaysPreTouch", ONE_EVENT_LOOP))[name]
        say(f"{sources:,} sources, {rate:,} a second at most, and {ACTIVE_CLIENTS} active clients")
        seen = run_flood(gateway, ("127.0.0.1", site.port(L4[name])), sources, rate)
        pauses = [float(pause) for pause in _PAUSE.findall(peers.gc_log(plain, name).read_text())]
    for so_far, size in seen.resident:
        print(f"{so_far:>12,} sources: {size // memory.MIB} MiB resident")
    print(f"{seen.asked:,} questions of active clients, {seen.repeated} asked again, {seen.changed} changed backend")
    print(f"slowest answer {seen.slowest_ms:.1f} ms; longest pause of the collector {max(pauses, default=0):.1f} ms")
    wrong = list(seen.faults(min(SOURCES_TO_FILL, sources // 2)))
    if wrong:
        raise Failure("; ".join(wrong))
    return site.directory


def main() -> int:
    parser = argparse.ArgumentParser(prog="loadtest/bin/flood", description=__doc__)
    parser.add_argument("--sources", type=positive, default=2_000_000, help="different addresses (default 2,000,000)")
    parser.add_argument("--rate", type=positive, default=10_000, help="sources a second at most (default 10,000)")
    add_common(parser)
    given = parser.parse_args()
    if not 1_000 <= given.sources <= MOST_SOURCES:
        parser.error(f"argument --sources: {given.sources} (expected: 1000-{MOST_SOURCES})")
    return conclude("flood", partial(flood, given.base_port, given.java, given.sources, given.rate))


if __name__ == "__main__":
    sys.exit(main())
