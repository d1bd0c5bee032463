"""Kills, hangs, drains, removes and adds backends under a steady load, and tells what the clients saw of each event."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from . import jvm, machine, peers
from .arguments import add_common, positive
from .compare import RESULTS
from .fleet_clients import Visitors
from .fleet_events import Fleet, Happened, events
from .fleet_timing import RESPONSE_TIMEOUT_SECONDS
from .fleet_verdict import Exchange, Outage, excused, faults
from .peers import MOORING
from .processes import Failure, Processes, allow_many_files, await_answer, check_ports_free, conclude, say
from .site import L4, MANAGEMENT, Site

WARM_UP_SECONDS = 10
# So many faults are shown; each is in the file of results.
SHOWN = 20


@dataclass(frozen=True)
class Settings:
    """What was asked for on the command line."""

    seconds: int
    rate: int
    http_clients: int
    tcp_clients: int
    base_port: int
    java: str | None


def parse(arguments: list[str]) -> Settings:
    parser = argparse.ArgumentParser(prog="loadtest/bin/fleet", description=__doc__)
    parser.add_argument("--seconds", type=positive, default=120, help="all events are spread over them (default 120)")
    parser.add_argument("--rate", type=positive, default=500, help="requests a second of all clients (default 500)")
    parser.add_argument("--http-clients", type=positive, default=100, help="with a cookie jar each (default 100)")
    parser.add_argument("--tcp-clients", type=positive, default=25, help="with an address each (default 25)")
    add_common(parser)
    return Settings(**vars(parser.parse_args(arguments)))


async def _perform(fleet: Fleet, seconds: int) -> list[Happened]:
    """Has everything happen at its time."""
    happened = []
    for part, what, action in events(fleet):
        await asyncio.sleep(part * seconds - fleet.now())
        event = Happened(what, fleet.now())
        await asyncio.to_thread(action)
        event.ended = fleet.now()
        say(f"{event.ended:5.1f} s: {what}")
        happened.append(event)
    return happened


async def _visit(settings: Settings, site: Site, fleet: Fleet) -> tuple[list[Exchange], list[Happened]]:
    def visitors() -> Visitors:
        ports = site.port(MOORING), site.port(L4[MOORING])
        return Visitors(*ports, settings.http_clients, settings.tcp_clients)

    say("Warming up")
    early = visitors()
    await early.run(settings.rate, WARM_UP_SECONDS)
    early.leave()
    observed = visitors()
    fleet.now = observed.now
    say(f"{settings.rate} requests a second for {settings.seconds} s")
    performing = asyncio.create_task(_perform(fleet, settings.seconds))
    await observed.run(settings.rate, settings.seconds)
    happened = await performing
    observed.leave()
    return observed.exchanges, happened


def table(happened: Sequence[Happened], exchanges: Sequence[Exchange], outages: Sequence[Outage]) -> str:
    """What the clients saw from each event to the next."""
    rows = ["| second | event | requests | moved | failed | slowest |", "|---:|---|---:|---:|---:|---:|"]
    ends = [event.began for event in happened[1:]] + [float("inf")]
    for event, end in zip(happened, ends, strict=True):
        seen = [exchange for exchange in exchanges if event.began <= exchange.sent < end]
        slowest = max((exchange.ended - exchange.due for exchange in seen), default=0.0)
        failed = [exchange for exchange in seen if exchange.error]
        under_way = sum(excused(exchange, outages) for exchange in failed)
        rows.append(
            f"| {event.began:.1f} | {event.what} | {len(seen):,} | {sum(exchange.moved for exchange in seen)} "
            f"| {len(failed)}{f' ({under_way} under way on it)' if under_way else ''} | {slowest * 1000:,.0f} ms |"
        )
    return "\n".join(rows)


def run(settings: Settings) -> Path:
    """Starts it all, prints what was seen, and returns the directory of the results."""
    started = datetime.now().astimezone()
    site = Site(settings.base_port, RESULTS / f"fleet-{started:%Y%m%d-%H%M%S}", jvm.at(settings.java))
    taken = {use: site.port(use) for use in (MOORING, MANAGEMENT, L4[MOORING])}
    site.directory.mkdir(parents=True)
    allow_many_files()
    with Processes(site.directory) as processes:
        fleet = Fleet(site, processes)
        check_ports_free(taken | fleet.ports())
        fleet.start_backends()
        fleet.write()
        say("Starting Mooring")
        gateway = processes.start(MOORING, peers.PEERS[MOORING].command(site, fleet.configuration, jvm.FIXED_HEAP))
        await_answer(gateway, site.url(MOORING))
        fleet.gateway = gateway
        exchanges, happened = asyncio.run(_visit(settings, site, fleet))
        gateway.check_running()
    wrong = list(faults(exchanges, fleet.outages))
    lost = [exchange for exchange in exchanges if exchange.error and excused(exchange, fleet.outages)]
    sent_again = sum(
        each.waited_long and each.answered_by not in (None, each.bound_to) for each in exchanges if not each.over_tcp
    )
    result = {
        "started": started.isoformat(timespec="seconds"),
        "machine": machine.machine(),
        "versions": machine.versions(site.jvm),
        "settings": vars(settings),
        "events": [asdict(event) for event in happened],
        "outages": [asdict(outage) for outage in fleet.outages],
        "sent_again": sent_again,
        "lost": [asdict(exchange) for exchange in lost],
        "faults": wrong,
    }
    (site.directory / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    report = [
        table(happened, exchanges, fleet.outages),
        "",
        f"{len(exchanges):,} requests, {fleet.reloads} changes of the configuration.",
        f"{sent_again} requests over HTTP waited for a backend that hung for {RESPONSE_TIMEOUT_SECONDS} s, "
        "and were sent to another then.",
        f"{len(lost)} requests were under way on a backend that was killed or hung, and not safe to send again:",
        *(f"- {each.sent:.2f} s: {each.client}, {each.method}, {each.bound_to}: {each.error}" for each in lost),
        *(f"FAILED: {fault}" for fault in wrong[:SHOWN]),
    ]
    (site.directory / "fleet.md").write_text("\n".join(report) + "\n")
    print("\n".join(report))
    if wrong:
        raise Failure(f"{len(wrong)} requests failed or clients were moved without need; see {site.directory}")
    return site.directory


def main() -> int:
    settings = parse(sys.argv[1:])
    return conclude("fleet", partial(run, settings))


if __name__ == "__main__":
    sys.exit(main())
