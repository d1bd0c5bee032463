"""Connections that have had one response and then do nothing."""

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from .processes import Failure

# So many are on their way at once: fewer than a listener's queue of a gateway is long.
AT_ONCE = 100
OPENED_WITHIN_SECONDS = 120
# Each source address has some 28,000 ports; several keep clear of those that other connections left in TIME_WAIT.
SOURCES = tuple(f"127.0.0.{number}" for number in range(2, 10))
GOOD = b"HTTP/1.1 200"


@contextmanager
def held(url: str, count: int) -> Iterator[None]:
    """Opens so many connections, has one response on each, and holds them as long as the block lasts."""
    connections = _Connections(url)
    try:
        connections.open(count)
        yield
        connections.check_open()
    except OSError as error:
        raise Failure(f"{count} connections to {url} could not be held: {error}") from error
    finally:
        connections.close()


class _Connections:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 80)
        self._request = f"GET / HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
        self._sockets: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()

    def open(self, count: int) -> None:
        deadline = time.monotonic() + OPENED_WITHIN_SECONDS
        under_way = 0
        while under_way or len(self._sockets) < count:
            while under_way < AT_ONCE and len(self._sockets) < count:
                self._connect()
                under_way += 1
            if time.monotonic() > deadline:
                raise Failure(f"{count} connections were not open within {OPENED_WITHIN_SECONDS} s")
            under_way -= sum(self._advance(key) for key, _events in self._selector.select(1))

    def _connect(self) -> None:
        client = socket.socket()
        self._sockets.append(client)
        client.setblocking(False)
        client.bind((SOURCES[len(self._sockets) % len(SOURCES)], 0))
        client.connect_ex(self._target)
        self._selector.register(client, selectors.EVENT_WRITE, b"")

    def _advance(self, key: selectors.SelectorKey) -> bool:
        """Sends the request or takes in some of the response; returns whether that is complete."""
        client = key.fileobj
        assert isinstance(client, socket.socket)
        if key.events & selectors.EVENT_WRITE:
            client.send(self._request)
            self._selector.modify(client, selectors.EVENT_READ, b"")
            return False
        received = client.recv(65536)
        response = key.data + received
        if not received or not GOOD.startswith(response[: len(GOOD)]):
            raise Failure(f"A connection that should stay open was answered: {response[:200]!r}")
        if not _is_complete(response):
            self._selector.modify(client, selectors.EVENT_READ, response)
            return False
        self._selector.unregister(client)
        return True

    def check_open(self) -> None:
        closed = sum(self._is_readable(client) for client in self._sockets)
        if closed:
            raise Failure(f"{closed} of {len(self._sockets)} idle connections were closed")

    @staticmethod
    def _is_readable(client: socket.socket) -> bool:
        try:
            client.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._selector.close()
        for client in self._sockets:
            client.close()


def _is_complete(response: bytes) -> bool:
    head, separator, body = response.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return body.endswith(b"0\r\n\r\n")
