"""Clients of a fleet: an open loop of requests, each client with a cookie jar or a TCP connection of its own."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from .fleet_verdict import Exchange

# Beyond this a request counts as failed. One that is sent again may take twice the response timeout, and a
# backend that hangs is awake again before.
PATIENCE_SECONDS = 30.0
REQUESTS_PER_CONNECTION = 20
POST_SHARE = 0.2
FORGETFUL_SHARE = 0.01
BODY = bytes(1000)


class Broken(Exception):
    """The gateway answered something else than a whole 200, or not at all."""


@dataclass
class Connection:
    """A kept connection, used by one request at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    left: int

    @staticmethod
    async def open(port: int, source: str | None) -> "Connection":
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, local_addr=(source, 0) if source is not None else None
        )
        return Connection(reader, writer, REQUESTS_PER_CONNECTION)

    async def ask(self, method: str, cookie: str | None) -> tuple[str, str | None]:
        """The body without its line end, and the cookie that came with it."""
        head = f"{method} / HTTP/1.1\r\nHost: fleet\r\n"
        if cookie is not None:
            head += f"Cookie: {cookie}\r\n"
        body = BODY if method == "POST" else b""
        if body:
            head += f"Content-Length: {len(body)}\r\n"
        self.left -= 1
        self.writer.write(head.encode() + b"\r\n" + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status, *fields = answer.split("\r\n")
        values = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        content = await self.reader.readexactly(int(values.get("content-length", "0")))
        if " 200 " not in status:
            raise Broken(status)
        set_cookie = values.get("set-cookie")
        return content.decode().strip(), set_cookie.split(";")[0] if set_cookie else None

    def is_open(self) -> bool:
        """Whether the other side has not ended it, as far as that has been heard of."""
        return not self.reader.at_eof() and self.reader.exception() is None

    def close(self) -> None:
        self.writer.close()


class Client:
    """Someone who is to be kept with a backend."""

    def __init__(self, name: str, port: int, began: float, record: Callable[[Exchange], None]) -> None:
        self.name = name
        self._port = port
        self._began = began
        self._record = record

    async def visit(self, due: float) -> None:
        """One request, and what became of it."""
        raise NotImplementedError

    def leave(self) -> None:
        """Closes its connections."""
        raise NotImplementedError

    async def _exchange(
        self, connection: Connection, method: str, cookie: str | None, due: float, bound_to: str | None
    ) -> tuple[str, str | None] | None:
        sent = time.monotonic()
        error, answer = None, None
        try:
            answer = await asyncio.wait_for(connection.ask(method, cookie), PATIENCE_SECONDS)
        except (OSError, asyncio.IncompleteReadError) as broken:
            error = f"the connection broke: {broken}"
        except asyncio.TimeoutError:
            error = f"no answer within {PATIENCE_SECONDS:.0f} s"
        except Broken as broken:
            error = str(broken)
        if error is not None:
            connection.close()
        self._tell(method, due, sent, bound_to, answer[0] if answer else None, error)
        return answer

    def _tell(
        self, method: str, due: float, sent: float, bound_to: str | None, by: str | None, error: str | None
    ) -> None:
        since = self._began
        now = time.monotonic()
        over_tcp = isinstance(self, TcpClient)
        self._record(Exchange(self.name, method, over_tcp, due - since, sent - since, now - since, bound_to, by, error))


class HttpClient(Client):
    """Has a cookie jar, and as many connections as it has requests under way; forgets its cookie now and then."""

    _cookie: str | None = None
    _cookie_of: str | None = None

    def __init__(self, name: str, port: int, began: float, record: Callable[[Exchange], None]) -> None:
        super().__init__(name, port, began, record)
        self._idle: list[Connection] = []

    async def visit(self, due: float) -> None:
        if random.random() < FORGETFUL_SHARE:
            self._cookie = self._cookie_of = None
        method = "POST" if random.random() < POST_SHARE else "GET"
        opened = time.monotonic()
        try:
            connection = self._take_idle() or await Connection.open(self._port, None)
        except OSError as error:
            self._tell(method, due, opened, self._cookie_of, None, f"no connection: {error}")
            return
        answer = await self._exchange(connection, method, self._cookie, due, self._cookie_of)
        if answer is None:
            return
        backend, cookie = answer
        if cookie is not None:
            self._cookie, self._cookie_of = cookie, backend
        if connection.left > 0:
            self._idle.append(connection)
        else:
            connection.close()


    def leave(self) -> None:
        for connection in self._idle:
            connection.close()

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open():
                return connection
            connection.close()
        return None


class TcpClient(Client):
    """Has an address of its own and one connection at a time, which comes to an end now and then."""

    def __init__(self, number: int, port: int, began: float, record: Callable[[Exchange], None]) -> None:
        super().__init__(f"tcp-{number}", port, began, record)
        self._source = f"127.1.{number // 250}.{number % 250 + 1}"
        self._connection: Connection | None = None
        self._backend: str | None = None
        self._turn = asyncio.Lock()

    async def visit(self, due: float) -> None:
        async with self._turn:
            opened = time.monotonic()
            if self._connection is not None and not self._connection.is_open():
                self.leave()
            try:
                if self._connection is None:
                    self._connection = await Connection.open(self._port, self._source)
            except OSError as error:
                self._tell("GET", due, opened, self._backend, None, f"no connection: {error}")
                return
            answer = await self._exchange(self._connection, "GET", None, due, self._backend)
            if answer is not None:
                self._backend = answer[0]
            if answer is None or self._connection.left == 0:
                self.leave()

    def leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Visitors:
    """Requests that become due at a constant rate, whatever has been answered."""

    def __init__(self, http_port: int, tcp_port: int, http_clients: int, tcp_clients: int) -> None:
        self.began = time.monotonic()
        self.exchanges: list[Exchange] = []
        record = self.exchanges.append
        self._clients: list[Client] = [
            HttpClient(f"http-{number}", http_port, self.began, record) for number in range(http_clients)
        ]
        self._clients += [TcpClient(number, tcp_port, self.began, record) for number in range(tcp_clients)]

    def now(self) -> float:
        """Seconds since the clients began."""
        return time.monotonic() - self.began

    async def run(self, rate: int, seconds: float) -> None:
        """Returns when the last of the requests that became due in this time has ended."""
        under_way: set[asyncio.Task[None]] = set()
        for number in range(int(rate * seconds)):
            due = self.began + number / rate
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(random.choice(self._clients).visit(due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        while under_way:
            await asyncio.wait(under_way)

    def leave(self) -> None:
        """Closes the connections of all clients."""
        for client in self._clients:
            client.leave()
