"""Closed-loop load by wrk: one client with a cookie jar, whose every response is checked."""

import http.client
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .processes import Failure

SCRIPT = Path(__file__).with_name("sticky.lua")


@dataclass(frozen=True)
class Visit:
    """What a client holds after its first request: its cookie, and the name of the backend that answered."""

    cookie: str
    backend: str


@dataclass(frozen=True)
class Load:
    """What wrk counted: responses, those that named another backend, and errors by kind."""

    requests: int
    seconds: float
    checked: int
    changed: int
    errors: dict[str, int]

    def check(self, peer: str) -> None:
        """Figures of a run with a fault in it mean nothing, so there are none."""
        faults = [f"{count} {kind} errors" for kind, count in self.errors.items() if count]
        if self.changed:
            faults.append(f"{self.changed} responses from another backend than the client's")
        if self.checked != self.requests:
            faults.append(f"{self.requests - self.checked} responses that were not checked")
        if not self.requests:
            faults.append("not one response")
        if faults:
            raise Failure(f"{peer}: {', '.join(faults)} in {self.requests} requests")


def _get(url: str, cookie: str | None) -> tuple[str, str | None]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", parts.path or "/", headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        body = response.read().decode().strip()
        if response.status != 200:
            raise Failure(f"{url} answered {response.status}: {body[:200]}")
        return body, response.headers.get("Set-Cookie")
    finally:
        connection.close()


def first_visit(url: str, given_cookie: str | None) -> Visit:
    """Obtains a session, or begins with the cookie given, and sees that it holds for a second request."""
    backend, set_cookie = _get(url, given_cookie)
    cookie = set_cookie.split(";")[0] if set_cookie else given_cookie
    if cookie is None:
        raise Failure(f"{url} sent no cookie with its first response")
    again, _ = _get(url, cookie)
    if again != backend:
        raise Failure(f"{url} sent the client to {backend} first and to {again} with its cookie {cookie}")
    return Visit(cookie, backend)


def run(url: str, visit: Visit, *, connections: int, seconds: int) -> Load:
    """Loads the URL from one thread for that long."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT), url]
    finished = subprocess.run(
        [*command, "--", visit.cookie, visit.backend],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise Failure(f"wrk ended with status {finished.returncode}: {finished.stderr or finished.stdout}")
    counts = json.loads(finished.stdout.splitlines()[-1])
    return Load(
        requests=counts.pop("requests"),
        seconds=counts.pop("seconds"),
        checked=counts.pop("checked"),
        changed=counts.pop("changed"),
        errors=counts,
    )
