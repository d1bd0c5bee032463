"""The client: what it asks for, again and again, and what was counted. wrk.py and h2load.py send it."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .processes import ANY_CERTIFICATE, Failure


@dataclass(frozen=True)
class Request:
    """One client's request, and what its every response has to be like."""

    url: str
    connections: int
    # Sent, and replaced by whatever the gateway renews it with.
    cookie: str | None = None
    # Whose name the response begins with; nothing, if any backend will do.
    backend: str | None = None
    # How long the response is, if it is more than the backend's name.
    response_bytes: int | None = None
    post_bytes: int = 0
    # The server is asked to close the connection after each response.
    new_connections: bool = False
    must_set_cookie: bool = False
    # How many a second were answered in a trial, for a tool that is given a number and not a time.
    rate: int = 0


@dataclass(frozen=True)
class Load:
    """What was counted: responses, and those with a fault, by its kind."""

    requests: int
    seconds: float
    faults: Mapping[str, int] = field(default_factory=dict)

    def check(self, peer: str) -> None:
        """Figures of a run with a fault in it mean nothing, so there are none."""
        found = [f"{fault}: {count}" for fault, count in self.faults.items() if count]
        if not self.requests:
            found.append("not one response")
        if found:
            raise Failure(f"{peer}: {', '.join(found)} in {self.requests} requests")


@dataclass(frozen=True)
class Visit:
    """What a client holds after its first request: its cookie, if it has one, and its backend's name."""

    backend: str
    cookie: str | None


def _get(url: str, cookie: str | None) -> tuple[str, str | None]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, parts.port, timeout=10, context=ANY_CERTIFICATE)
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=10)
    )
    try:
        connection.request("GET", parts.path or "/", headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        first_line = response.read().split(b"\n", 1)[0].decode(errors="replace")
        if response.status != 200:
            raise Failure(f"{url} answered {response.status}: {first_line[:200]}")
        return first_line, response.headers.get("Set-Cookie")
    finally:
        connection.close()


def first_visit(url: str, given_cookie: str | None) -> Visit:
    """Obtains a cookie, or begins with the one given, and sees that it holds for a second request."""
    backend, set_cookie = _get(url, given_cookie)
    cookie = set_cookie.split(";")[0] if set_cookie else given_cookie
    if cookie is None:
        raise Failure(f"{url} sent no cookie with its first response")
    return Visit(_return(url, backend, cookie), cookie)


def first_connection(url: str) -> Visit:
    """Sees that a second connection reaches the same backend, without a cookie."""
    backend, _ = _get(url, None)
    return Visit(_return(url, backend, None), None)


def _return(url: str, backend: str, cookie: str | None) -> str:
    again, _ = _get(url, cookie)
    if again != backend:
        raise Failure(f"{url} sent the client to {backend} first and to {again} then (its cookie: {cookie})")
    return backend
