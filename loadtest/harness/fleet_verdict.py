"""What clients may see of a fleet that changes: who may be moved, and which requests may fail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .fleet_timing import FOUND_TO_HANG_SECONDS, RESPONSE_TIMEOUT_SECONDS

# The clocks of the one who kills and of the client are the same, but not read at the same moment.
SLACK_SECONDS = 0.05
# A process that is killed is not gone at once, least of all on a busy machine, nor has everybody heard of it.
DYING_SECONDS = 0.25


@dataclass(frozen=True)
class Exchange:
    """A request and what came of it, all times in seconds since the clients began."""

    client: str
    method: str
    # Through the TCP listener, so that the gateway saw bytes, but no request.
    over_tcp: bool
    # When it was due, when it was sent, and when it was answered or failed.
    due: float
    sent: float
    ended: float
    # The backend that the client belongs to, if it belongs to one yet.
    bound_to: str | None
    # The one that answered, or why none did.
    answered_by: str | None
    error: str | None = None

    @property
    def moved(self) -> bool:
        return self.bound_to is not None and self.answered_by not in (None, self.bound_to)

    @property
    def waited_long(self) -> bool:
        """Whether a backend may have been silent until the gateway had no patience left."""
        return self.ended - self.sent >= RESPONSE_TIMEOUT_SECONDS - SLACK_SECONDS


@dataclass
class Outage:
    """A backend that could not serve, or could not serve all, or that the gateway could not know to be back."""

    backend: str
    why: str
    began: float
    # None as long as it lasts.
    ended: float | None = None

    def touches(self, exchange: Exchange) -> bool:
        return self.began - SLACK_SECONDS <= exchange.ended and (
            self.ended is None or exchange.sent <= self.ended + SLACK_SECONDS
        )


KILLED = "killed"
HUNG = "hung"
# Not an outage: it serves those that belong to it.
DRAINED = "drained"


def excused(exchange: Exchange, outages: Sequence[Outage]) -> bool:
    """Whether a failed request was under way on a backend that was killed or hung, and was not safe to send again."""
    if exchange.method == "GET" and not exchange.over_tcp:
        return False
    return any(
        outage.backend == (exchange.bound_to or outage.backend) and _under_way(exchange, outage) for outage in outages
    )


def _under_way(exchange: Exchange, outage: Outage) -> bool:
    if outage.why == KILLED:
        return exchange.sent - DYING_SECONDS <= outage.began <= exchange.ended + SLACK_SECONDS
    # One that hangs goes on to get requests until the gateway finds out, and each of them its time.
    return (
        outage.why == HUNG
        and exchange.sent - SLACK_SECONDS <= outage.began + FOUND_TO_HANG_SECONDS
        and outage.began <= exchange.ended
        and exchange.waited_long
    )


def due_to_outage(exchange: Exchange, outages: Sequence[Outage]) -> bool:
    """Whether a client that was moved had to be."""
    return any(
        outage.why != DRAINED and outage.backend == exchange.bound_to and outage.touches(exchange)
        for outage in outages
    )


def intrudes(exchange: Exchange, outages: Sequence[Outage]) -> bool:
    """Whether a client came to a backend that took no new ones from before it asked until after it was answered."""
    return exchange.bound_to != exchange.answered_by and any(
        outage.why == DRAINED
        and outage.backend == exchange.answered_by
        and outage.began <= exchange.sent
        and (outage.ended is None or exchange.ended <= outage.ended)
        for outage in outages
    )


def faults(exchanges: Sequence[Exchange], outages: Sequence[Outage]) -> Iterator[str]:
    """Every request that had to succeed and failed, and every client that was moved without need or to where none may."""
    for exchange in exchanges:
        what = f"{exchange.sent:.2f} s: {exchange.client}, {exchange.method}, bound to {exchange.bound_to}"
        if exchange.error and not excused(exchange, outages):
            yield f"{what}: {exchange.error} after {exchange.ended - exchange.sent:.2f} s"
        if exchange.moved and not due_to_outage(exchange, outages):
            yield f"{what}: answered by {exchange.answered_by}"
        if intrudes(exchange, outages):
            yield f"{what}: answered by {exchange.answered_by}, which was drained"
