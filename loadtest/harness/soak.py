"""Holds many sticky clients against a gateway: no request may fail, no client change backend, no buffer leak."""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from . import client, client_program, jvm, load, machine, peers, verdict
from .arguments import add_common, positive
from .processes import Failure, Process, Processes, allow_many_files, check_ports_free, say
from .scenarios import MAIN, SCENARIOS
from .site import ROOT, Site
from .verdict import HeapSample, JvmSeen, Seen

PARANOID = "-Dio.netty.leakDetection.level=paranoid"
LEAK = "LEAK:"
# The detector speaks when a later buffer is allocated, so some requests follow each of two collections.
REQUESTS_AFTER_COLLECTION = 100

HEAP_SAMPLES = 6

# A cold JVM is slower a hundredfold: all clients at once would measure its compilers.
WARM_UP_SECONDS = 15

# Those that insert a cookie of their own.
SOAKABLE = tuple(name for name, peer in peers.PEERS.items() if peer.given_cookie is None)


@dataclass(frozen=True)
class Settings:
    """What was asked for on the command line."""

    peer: str
    target: str | None
    clients: int
    seconds: int
    rate: int
    requests_per_connection: int
    max_growth_mib: int
    base_port: int
    java: str | None


def parse(arguments: list[str]) -> tuple[Settings, bool]:
    """The settings, and whether only the gateway's name is wanted."""
    parser = argparse.ArgumentParser(prog="loadtest/bin/soak", description=__doc__)
    parser.add_argument("--clients", type=positive, default=2000, help="default 2000")
    parser.add_argument("--seconds", type=positive, default=60, help="default 60")
    parser.add_argument("--rate", type=positive, default=1000, help="requests a second of all clients (default 1000)")
    parser.add_argument(
        "--requests-per-connection", type=positive, default=10, help="on average, then a client drops it (default 10)"
    )
    parser.add_argument("--max-growth-mib", type=positive, default=16, help="of the live heap (default 16)")
    parser.add_argument("--peer", choices=SOAKABLE, default=peers.MOORING, help="the gateway (default mooring)")
    parser.add_argument("--target", metavar="URL", help="a gateway that runs already, instead of a peer")
    add_common(parser)
    parser.add_argument("--list-peer", action="store_true", help=argparse.SUPPRESS)
    given = vars(parser.parse_args(arguments))
    list_only = given.pop("list_peer")
    return Settings(**given), list_only


class Soak:
    """One run, its clients and what they are held against."""

    def __init__(self, settings: Settings, site: Site, processes: Processes) -> None:
        self._settings = settings
        self._site = site
        self._processes = processes
        self._jvm_gateway: Process | None = None
        self._heap: list[HeapSample] = []

    def run(self) -> tuple[Seen, JvmSeen | None]:
        """What the clients saw, and what could be seen of the gateway."""
        url = self._settings.target or self._start_gateway()
        seen = self._run_clients(url)
        if self._jvm_gateway is None:
            return seen, None
        self._provoke_leak_reports(self._jvm_gateway, url)
        self._jvm_gateway.stop()
        leaks = [line for line in _lines(self._jvm_gateway.log) if LEAK in line]
        return seen, JvmSeen(self._heap, leaks)

    def _start_gateway(self) -> str:
        name = self._settings.peer
        peers.start_backends(self._processes, self._site)
        url = self._site.url(name)
        say(f"Starting {peers.PEERS[name].title} on {url}")
        gateway = peers.start(self._processes, self._site, (name,), (*jvm.FIXED_HEAP, PARANOID))[name]
        if peers.PEERS[name].is_java:
            self._jvm_gateway = gateway
            say("Warming up")
            scenario = SCENARIOS[MAIN]
            request = client.begin(scenario, self._site, name, scenario.connections)
            client.send(scenario, self._site, request, WARM_UP_SECONDS)
        return url

    def _run_clients(self, url: str) -> Seen:
        settings = self._settings
        say(f"{settings.clients:,} clients for {settings.seconds} s, {settings.rate:,} requests a second together")
        clients = self._processes.start(
            "clients",
            [
                *(*client_program.command(self._site.jvm, "soak"), "--target", url),
                *("--clients", str(settings.clients), "--seconds", str(settings.seconds), "--rate", str(settings.rate)),
                *("--requests-per-connection", str(settings.requests_per_connection)),
            ],
        )
        self._watch(clients)
        lines = _lines(clients.log)
        for line in lines[:-1]:
            say(line)
        try:
            return Seen(**json.loads(lines[-1]))
        except (IndexError, TypeError, ValueError) as error:
            raise Failure(f"The clients ended without a result; see {clients.log}") from error

    def _watch(self, clients: Process) -> None:
        """Samples the live heap until the clients have ended; the first time once every one of them has begun."""
        settings = self._settings
        began = time.monotonic()
        first = min(settings.clients / settings.rate + 5, settings.seconds / 2)
        pause = (settings.seconds - first) / HEAP_SAMPLES
        status = clients.wait(first)
        while status is None:
            if self._jvm_gateway:
                self._jvm_gateway.check_running()
                live = self._site.jvm.live_heap(self._jvm_gateway)
                self._heap.append(HeapSample(time.monotonic() - began, live))
            status = clients.wait(pause)

    def _provoke_leak_reports(self, gateway: Process, url: str) -> None:
        for _ in range(2):
            self._site.jvm.live_heap(gateway)
            for _ in range(REQUESTS_AFTER_COLLECTION):
                load.first_visit(url, None)


def _lines(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()


def soak(settings: Settings) -> bool:
    """Runs it, prints what was seen, and returns whether all was well."""
    started = datetime.now().astimezone()
    directory = ROOT / "loadtest" / "results" / f"soak-{started:%Y%m%d-%H%M%S}"
    site = Site(settings.base_port, directory, jvm.at(settings.java))
    if settings.target is None:
        check_ports_free(peers.ports(site, (settings.peer,)))
    directory.mkdir(parents=True)
    allow_many_files()
    with Processes(directory) as processes:
        clients, gateway = Soak(settings, site, processes).run()
    result = {
        "started": started.isoformat(timespec="seconds"),
        "machine": machine.machine(),
        "versions": machine.versions(site.jvm),
        "settings": vars(settings),
        "clients": asdict(clients),
        "gateway": asdict(gateway) if gateway else None,
    }
    (directory / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(*verdict.describe(settings.rate, settings.seconds, clients, gateway), sep="\n")
    wrong = list(verdict.faults(verdict.Expected(settings.clients, settings.max_growth_mib), clients, gateway))
    for fault in wrong:
        print(f"FAILED: {fault}")
    say(f"Written to {directory}")
    return not wrong


def main() -> int:
    settings, list_only = parse(sys.argv[1:])
    if list_only:
        print("running" if settings.target else settings.peer)
        return 0
    try:
        return 0 if soak(settings) else 1
    except Failure as failure:
        say(f"soak: {failure}")
        return 1
    except KeyboardInterrupt:
        say("soak: interrupted; everything it started has ended")
        return 130


if __name__ == "__main__":
    sys.exit(main())
