"""A backend that takes its time, so that there are requests under way whenever it is killed: to be run by fleet."""

import asyncio
import contextlib
import sys

THINKING_SECONDS = 0.02
HEALTH = b"/healthz"


async def serve(name: str, port: int) -> None:
    """Answers every request with the name, those that ask for its health at once, until it is killed."""
    body = f"{name}\n".encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A gateway that closes its connection, between two requests or within one, is none of its worries.
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_content_length(head))
                if head.split(b" ", 2)[1] != HEALTH:
                    await asyncio.sleep(THINKING_SECONDS)
                writer.write(answer)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
