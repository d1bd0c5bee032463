"""The client of a scenario: begins a session with a gateway, then sends the scenario's requests."""

import re
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import replace

from . import h2load, java_clients, load, wrk
from .load import Load, Request
from .peers import PEERS
from .processes import Failure
from .scenarios import Scenario, Session, Tool
from .site import BACKENDS, L4, Site

LOOK_EVERY_SECONDS = 0.03
QUIET_LOOKS = 3
REST_WITHIN_SECONDS = 20


def begin(scenario: Scenario, site: Site, name: str, connections: int) -> Request:
    """What the client will send, with the session it begins; that the session holds has been seen."""
    if scenario.tool is Tool.UDP:
        # Each of its sockets is held to the backend that replies first.
        return Request(f"127.0.0.1:{site.port(L4[name])}", connections)
    request = Request(
        url=site.url(L4[name] if scenario.session is Session.SOURCE else name) + scenario.path,
        connections=connections,
        response_bytes=scenario.response_bytes,
        post_bytes=scenario.post_bytes,
        new_connections=scenario.new_connections,
    )
    given_cookie = PEERS[name].given_cookie
    match scenario.session:
        case Session.COOKIE:
            if scenario.tool is Tool.H2LOAD:
                request = replace(request, rate=h2load.trial(request))
            visit = load.first_visit(request.url, given_cookie)
            return replace(request, cookie=visit.cookie, backend=visit.backend)
        case Session.NONE_YET:
            load.first_visit(request.url, given_cookie)
            return replace(request, must_set_cookie=given_cookie is None)
        case Session.SOURCE:
            return replace(request, backend=load.first_connection(request.url).backend)


def send(scenario: Scenario, site: Site, request: Request, seconds: int) -> Load:
    match scenario.tool:
        case Tool.WRK:
            return wrk.run(request, seconds)
        case Tool.H2LOAD:
            return _watching_backends(site, request, lambda: h2load.run(request, seconds * request.rate))
        case Tool.H2LOAD_CONNECTIONS:
            return _watching_backends(site, request, lambda: h2load.run_connections(request, seconds))
        case Tool.UDP:
            return java_clients.udp(site.jvm, request, seconds)


def _watching_backends(site: Site, request: Request, run: Callable[[], Load]) -> Load:
    """Counts the requests that another backend served than the client's."""
    before = _at_rest(site)
    counted = run()
    elsewhere = sum(count for name, count in _since(before, site).items() if name != request.backend)
    return replace(counted, faults={**counted.faults, "changed backend": elsewhere})


def _at_rest(site: Site) -> Mapping[str, int]:
    """The backends' counts once nothing is left of what an earlier client had under way when it ended."""
    before, quiet = _served(site), 0
    deadline = time.monotonic() + REST_WITHIN_SECONDS
    while quiet < QUIET_LOOKS:
        if time.monotonic() > deadline:
            raise Failure(f"The backends were not at rest within {REST_WITHIN_SECONDS} s")
        time.sleep(LOOK_EVERY_SECONDS)
        quiet = quiet + 1 if not any(_since(before, site).values()) else 0
        before = _served(site)
    return before


def _since(before: Mapping[str, int], site: Site) -> dict[str, int]:
    """The requests since then; each asking for this is itself counted by a backend."""
    return {name: count - before[name] - 1 for name, count in _served(site).items()}


def _served(site: Site) -> dict[str, int]:
    """How many requests each backend has had, by nginx's own count."""
    counts = {}
    for name in BACKENDS:
        with urllib.request.urlopen(f"{site.url(name)}/status", timeout=5) as response:
            counts[name] = int(re.findall(r"^ \d+ \d+ (\d+)", response.read().decode(), re.MULTILINE)[0])
    return counts
