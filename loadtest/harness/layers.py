"""Whose time or allocation a profile shows: each sample is counted for one layer of a Java gateway."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

SYSTEM_CALL = "system call: "
OTHER_THREADS = "compiler, collector, other threads"
UNKNOWN = "not attributed"

# The gateways' event loops; what other threads do is not part of any layer.
EVENT_LOOPS = ("[mooring-loop", "[reactor-http")

# A native frame at the very end of a stack is where a system call was made; some go by names of the C library's own.
NATIVE = re.compile(
    r"(?:__GI_|__libc_)*_*((?:recv|send)(?:from|to|msg|mmsg)?|epoll_\w+|readv?|writev?|connect|accept4?|close|\[vdso\])$"
)

# The first that fits counts, so the parts of a package stand before the package.
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Mooring: layer 4 relay", ("io/mooring/l4/",)),
    ("Mooring: session, token, forwarding, metrics", ("io/mooring/",)),
    ("Netty: HTTP codec", ("io/netty/handler/codec",)),
    ("Netty: transport, pipeline, buffers", ("io/netty/",)),
    ("Reactor Netty: server", ("reactor/netty/http/server",)),
    (
        "Reactor Netty: client and its pool",
        ("reactor/netty/http/client", "reactor/netty/resources", "reactor/netty/internal"),
    ),
    ("Reactor Netty: what both share", ("reactor/netty/",)),
    ("Reactor's operators", ("reactor/",)),
    ("Spring Cloud Gateway: header filters", ("org/springframework/cloud/gateway/filter/headers",)),
    ("Spring Cloud Gateway: routes and predicates", ("org/springframework/cloud/gateway/handler",)),
    ("Spring Cloud Gateway: other filters", ("org/springframework/cloud",)),
    ("Spring's headers, URIs and media types", ("org/springframework/http", "org/springframework/util")),
    ("WebFlux: exchange, web filters, dispatcher", ("org/springframework/",)),
    ("Micrometer's observations", ("io/micrometer",)),
    ("asking whether to log", ("ch/qos/logback", "org/slf4j", "org/apache/commons/logging")),
)
# What the C library has no function for goes by the name of the method that makes it.
UNNAMED = "syscall"


def layer_of(stack: str) -> str:
    """The layer of the innermost frame that belongs to any: what the JDK does is its caller's time."""
    thread, *frames = stack.split(";")
    if not thread.startswith(EVENT_LOOPS):
        return OTHER_THREADS
    if frames and (call := _system_call(frames)):
        return SYSTEM_CALL + call
    for frame in reversed(frames):
        for layer, beginnings in LAYERS:
            if frame.startswith(beginnings):
                return layer
    return UNKNOWN


def _system_call(frames: list[str]) -> str | None:
    if frames[-1] == UNNAMED and len(frames) > 1:
        return frames[-2].rpartition(".")[2].rstrip("0")
    call = NATIVE.match(frames[-1])
    return call[1] if call else None


def count(collapsed: Iterable[str]) -> Mapping[str, int]:
    """Samples by layer, from lines of a stack, frames separated by semicolons, and a number."""
    counted: Counter[str] = Counter()
    for line in collapsed:
        stack, samples = line.rstrip().rsplit(" ", 1)
        counted[layer_of(stack)] += int(samples)
    return counted


def table(
    accounts: Mapping[str, Mapping[str, float]],
    measured: Mapping[str, float | None],
    measured_how: str,
    digits: int,
) -> str:
    """What a request takes by layer, a column for each gateway, in Markdown; the dearest layer of the last first.

    Below the sum stands what was measured otherwise, if it was.
    """
    last = list(accounts.values())[-1]
    layers = sorted({layer for account in accounts.values() for layer in account}, key=lambda name: -last.get(name, 0))

    def row(title: str, values: Iterable[float], mark: str = "") -> str:
        return f"| {title} | {' | '.join(f'{mark}{value:,.{digits}f}{mark}' for value in values)} |"

    lines = [f"| layer | {' | '.join(accounts)} |", f"|---{'|---:' * len(accounts)}|"]
    lines += [row(layer, (account.get(layer, 0) for account in accounts.values())) for layer in layers]
    lines.append(row("**sum**", (sum(account.values()) for account in accounts.values()), "**"))
    known = [value for value in measured.values() if value is not None]
    if len(known) == len(accounts):
        lines.append(row(measured_how, known))
    return "\n".join(lines)
