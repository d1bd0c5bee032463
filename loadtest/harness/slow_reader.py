"""Sends gigabytes through Mooring's TCP listener to a client that reads in fits and starts, and watches its memory."""

import argparse
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from . import jvm, machine, memory, peers
from .arguments import add_common, positive
from .processes import Failure, Processes, check_ports_free, conclude, say
from .site import BACKENDS, L4, ROOT, Site

GIB = 2**30
# A heap that is all there from the start, so that what grows is held for the connection.
PRESENT_HEAP = ("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch")
WARM_UP_GIB = 3
BURST = 64 * memory.MIB
PAUSE_SECONDS = 0.2
SILENT_SECONDS = 60
BLOCK = bytes(range(256)) * 4096
HTTP_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Seen:
    """What the client read and what the gateway's memory did meanwhile."""

    bytes_read: int
    seconds: float
    resident_before: int
    resident_most: int
    resident_after: int

    @property
    def growth(self) -> int:
        return self.resident_most - self.resident_before


class Backend:
    """Answers HTTP with an empty 200, and a line with a number with so many bytes."""

    def __init__(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    @staticmethod
    def _answer(client: socket.socket) -> None:
        with client, client.makefile("rb") as received:
            line = received.readline().strip()
            if not line.isdigit():
                client.sendall(HTTP_ANSWER)
                return
            for _ in range(int(line) // len(BLOCK)):
                client.sendall(BLOCK)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def backends(site: Site) -> Iterator[None]:
    """In the places of the usual ones."""
    running = [Backend(site.port(name)) for name in BACKENDS]
    try:
        yield
    finally:
        for backend in running:
            backend.close()


def read_slowly(port: int, size: int, between: Callable[[int], None]) -> int:
    """Reads in bursts with pauses between them, in each of which the function is called; returns the bytes read."""
    done, burst = 0, 0
    buffer = bytearray(memory.MIB)
    with socket.create_connection(("127.0.0.1", port), SILENT_SECONDS) as connection:
        connection.sendall(f"{size}\n".encode())
        while received := connection.recv_into(buffer):
            done += received
            burst += received
            if burst >= BURST:
                burst = 0
                time.sleep(PAUSE_SECONDS)
                between(done)
    return done


def watch(base_port: int, home: str | None, gib: int, most_growth_mib: int) -> Path:
    """Runs it, prints what was seen, and returns the directory with it."""
    started = datetime.now().astimezone()
    site = Site(base_port, ROOT / "loadtest" / "results" / f"slow-reader-{started:%Y%m%d-%H%M%S}", jvm.at(home))
    check_ports_free(peers.ports(site, (peers.MOORING,)))
    site.directory.mkdir(parents=True)
    with backends(site), Processes(site.directory) as processes:
        gateway = peers.start(processes, site, (peers.MOORING,), PRESENT_HEAP)[peers.MOORING]
        port = site.port(L4[peers.MOORING])
        # What a relay needs once, and the compilers for it.
        read_slowly(port, WARM_UP_GIB * GIB, lambda done: None)
        before = most = memory.resident(gateway)

        def sample(done: int) -> None:
            nonlocal most
            most = max(most, memory.resident(gateway))
            if done % GIB < BURST:
                say(f"{done / GIB:.0f} GiB: {memory.resident(gateway) / memory.MIB:.1f} MiB resident")

        began = time.monotonic()
        done = read_slowly(port, gib * GIB, sample)
        seen = Seen(done, time.monotonic() - began, before, most, memory.resident(gateway))
    result = {"started": started.isoformat(timespec="seconds"), "machine": machine.machine(), "seen": asdict(seen)}
    (site.directory / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(
        f"{seen.bytes_read / GIB:.0f} GiB in {seen.seconds:.0f} s to a client that reads {BURST // memory.MIB} MiB at a "
        f"time: {before / memory.MIB:.1f} MiB resident before, at most {most / memory.MIB:.1f} MiB meanwhile"
    )
    if seen.bytes_read != gib * GIB:
        raise Failure(f"{gib * GIB - seen.bytes_read:,} bytes are missing")
    if seen.growth > most_growth_mib * memory.MIB:
        raise Failure(f"memory grew by {seen.growth / memory.MIB:.1f} MiB (expected: at most {most_growth_mib})")
    return site.directory


def main() -> int:
    parser = argparse.ArgumentParser(prog="loadtest/bin/slow-reader", description=__doc__)
    parser.add_argument("--gib", type=positive, default=10, help="what is sent (default 10)")
    parser.add_argument("--max-growth-mib", type=positive, default=8, help="what memory may grow by (default 8)")
    add_common(parser)
    given = parser.parse_args()
    return conclude("slow-reader", partial(watch, given.base_port, given.java, given.gib, given.max_growth_mib))


if __name__ == "__main__":
    sys.exit(main())
