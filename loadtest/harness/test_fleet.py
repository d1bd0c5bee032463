"""What a fleet's clients may see, and how they see it."""

import asyncio
import socket
import sys
import tempfile
import unittest
from pathlib import Path

from .fleet_clients import PATIENCE_SECONDS, Visitors
from .fleet_events import MEMBERS, Fleet, events
from .fleet_timing import FOUND_TO_HANG_SECONDS, RESPONSE_TIMEOUT_SECONDS
from .fleet_verdict import DRAINED, HUNG, KILLED, Exchange, Outage, faults
from .jvm import Jvm
from .processes import Processes, await_answer
from .site import Site


def exchange(
    *,
    method: str = "GET",
    over_tcp: bool = False,
    sent: float = 10.0,
    ended: float = 10.1,
    answered_by: str | None = "backend-1",
    error: str | None = None,
) -> Exchange:
    return Exchange("a client", method, over_tcp, sent, sent, ended, "backend-1", answered_by, error)


def is_fault(seen: Exchange, *outages: Outage) -> bool:
    return bool(list(faults([seen], outages)))


class VerdictTest(unittest.TestCase):
    def test_a_client_may_stay(self) -> None:
        self.assertFalse(is_fault(exchange()))

    def test_a_client_may_be_moved_only_while_its_own_backend_cannot_serve(self) -> None:
        moved = exchange(answered_by="backend-2")

        self.assertTrue(is_fault(moved))
        self.assertTrue(is_fault(moved, Outage("backend-2", KILLED, 9)))
        self.assertTrue(is_fault(moved, Outage("backend-1", HUNG, 5, 9)))
        self.assertTrue(is_fault(moved, Outage("backend-1", HUNG, 11)))
        self.assertFalse(is_fault(moved, Outage("backend-1", HUNG, 9)))
        self.assertFalse(is_fault(moved, Outage("backend-1", "removed", 5, 10.05)))

    def test_a_drained_backend_keeps_its_clients_and_gets_no_others(self) -> None:
        moved = exchange(answered_by="backend-2")
        down = Outage("backend-1", KILLED, 9)

        self.assertFalse(is_fault(exchange(), Outage("backend-1", DRAINED, 9)))
        self.assertTrue(is_fault(moved, down, Outage("backend-2", DRAINED, 9)))
        self.assertTrue(is_fault(moved, Outage("backend-1", DRAINED, 9)))
        self.assertFalse(is_fault(moved, down, Outage("backend-2", DRAINED, 5, 10.05)))

    def test_only_what_was_not_safe_to_send_again_may_fail_when_its_backend_is_killed(self) -> None:
        killed = Outage("backend-1", KILLED, 10.05)

        self.assertFalse(is_fault(exchange(method="POST", answered_by=None, error="502"), killed))
        self.assertFalse(is_fault(exchange(over_tcp=True, answered_by=None, error="broken"), killed))
        self.assertTrue(is_fault(exchange(answered_by=None, error="502"), killed))
        self.assertTrue(is_fault(exchange(method="POST", answered_by=None, error="502")))
        self.assertTrue(
            is_fault(exchange(method="POST", answered_by=None, error="502"), Outage("backend-1", HUNG, 10.05))
        )
        self.assertTrue(
            is_fault(exchange(method="POST", sent=11, ended=11.1, answered_by=None, error="502"), killed)
        )

    def test_only_what_was_not_safe_to_send_again_may_fail_for_want_of_an_answer(self) -> None:
        def fails(outage: Outage, *, method: str = "POST", over_tcp: bool = False, sent: float = 10.0) -> bool:
            ended = sent + RESPONSE_TIMEOUT_SECONDS
            seen = exchange(method=method, over_tcp=over_tcp, sent=sent, ended=ended, answered_by=None, error="504")
            return is_fault(seen, outage)

        hung = Outage("backend-1", HUNG, 10.05)

        self.assertFalse(fails(hung))
        self.assertFalse(fails(hung, sent=hung.began + FOUND_TO_HANG_SECONDS))
        self.assertFalse(fails(hung, method="GET", over_tcp=True))
        self.assertTrue(fails(hung, method="GET"))
        self.assertTrue(fails(Outage("backend-2", HUNG, 10.05)))
        self.assertTrue(fails(hung, sent=hung.began + FOUND_TO_HANG_SECONDS + 1))
        self.assertTrue(fails(hung, sent=hung.began - RESPONSE_TIMEOUT_SECONDS - 1))
        self.assertTrue(is_fault(exchange(method="POST", ended=11, answered_by=None, error="502"), hung))


class ScriptTest(unittest.TestCase):
    def test_it_changes_the_configuration_twenty_times_and_leaves_a_backend_at_every_moment(self) -> None:
        fleet = _Rehearsed(Site(1, Path("nowhere"), Jvm(Path("nowhere"), "17")), None)  # type: ignore[arg-type]
        for part, what, action in events(fleet):
            self.assertLess(part, 1)
            action()
            self.assertGreaterEqual(len(set(fleet.weights) - fleet.out), 2, what)

        self.assertEqual(fleet.reloads, 20)

    def test_in_two_minutes_a_backend_hangs_for_longer_than_the_gateway_waits(self) -> None:
        script = events(Fleet(Site(1, Path("nowhere"), Jvm(Path("nowhere"), "17")), None))  # type: ignore[arg-type]
        at = {what: part * 120 for part, what, _ in script}
        hung = at["backend-3 wakes up"] - at["backend-3 hangs"]

        self.assertGreater(RESPONSE_TIMEOUT_SECONDS, FOUND_TO_HANG_SECONDS)
        self.assertGreater(hung, RESPONSE_TIMEOUT_SECONDS + FOUND_TO_HANG_SECONDS)
        self.assertLess(hung, PATIENCE_SECONDS)


class _Rehearsed(Fleet):
    """Keeps the books of a fleet that is not there."""

    def __init__(self, site: Site, processes: Processes) -> None:
        super().__init__(site, processes)
        self.out: set[str] = set()

    def start(self, name: str) -> None:
        self.out.discard(name)

    def _signal(self, name: str, number: int) -> None:
        if number == 18:
            self.out.discard(name)
        else:
            self.out.add(name)

    def _have_read(self, expected: str) -> None:
        pass

    def write(self) -> None:
        pass


class ClientsTest(unittest.TestCase):
    def test_they_tell_of_a_backend_that_is_killed(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with tempfile.TemporaryDirectory() as directory, Processes(Path(directory)) as processes:
            command = [sys.executable, "-m", "harness.fleet_backend", MEMBERS[0], str(port)]
            backend = processes.start(MEMBERS[0], command)
            await_answer(backend, f"http://127.0.0.1:{port}")
            visitors = Visitors(port, port, 3, 1)

            async def visit() -> None:
                await visitors.run(100, 1)
                backend.stop()
                await visitors.run(100, 0.1)
                visitors.leave()
                await asyncio.sleep(0)

            asyncio.run(visit())

        self.assertEqual(len(visitors.exchanges), 110)
        answered, refused = visitors.exchanges[:100], visitors.exchanges[100:]
        self.assertEqual({each.answered_by for each in answered}, {MEMBERS[0]})
        self.assertEqual({each.method for each in answered}, {"GET", "POST"})
        self.assertTrue(all(each.error for each in refused))
