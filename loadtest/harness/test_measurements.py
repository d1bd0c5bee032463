"""How memory, system calls and idle connections are read."""

import os
import socket
import tempfile
import threading
import unittest
from contextlib import ExitStack
from pathlib import Path

from . import cpu, idle, measure, memory, syscalls
from .load import Load
from .measure import Sample
from .memory import KIB, MIB
from .processes import Failure, Processes


class MemoryTest(unittest.TestCase):
    SMAPS = """\
d0000000-e0000000 rw-p 00000000 00:00 0
Size:             262144 kB
Rss:                   5 kB
e0000000-e4000000 rw-p 00000000 00:00 0
Size:              65536 kB
Rss:                  10 kB
Pss:                  10 kB
e4000000-100000000 ---p 00000000 00:00 0
Rss:                  20 kB
7f21e8000000-7f21e8021000 r-xp 00000000 08:01 42   /usr/lib/libc.so.6
Rss:                 132 kB
"""
    LOG = """\
[0.011s] Using G1
[1.5s] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 310M->12M(512M) 2.345ms
[2.5s] GC(1) Concurrent Mark Cycle
[2.6s] GC(1) Pause Remark 22M->20M(512M) 1.5ms
[2.7s] GC(1) Concurrent Mark Cycle 12.3ms
"""

    def test_what_collections_freed_is_added_up(self) -> None:
        self.assertEqual(memory.freed(self.LOG), 300 * MIB)
        self.assertEqual(memory.freed(""), 0)

    def test_what_is_resident_of_some_addresses_is_added_up(self) -> None:
        self.assertEqual(memory.resident_between(self.SMAPS, 0xE0000000, 0x100000000), 30 * KIB)
        self.assertEqual(memory.resident_between("", 0xE0000000, 0x100000000), 0)

    def test_memory_is_that_of_a_process_and_its_children(self) -> None:
        with tempfile.TemporaryDirectory() as directory, Processes(Path(directory)) as processes:
            alone = processes.start("alone", ["sleep", "1000"])
            parent = processes.start("parent", ["sh", "-c", "sleep 1000 & sleep 1000 & echo started; wait"])
            for _ in range(500):
                if "started" in parent.log.read_text() and memory.resident(alone):
                    break
                threading.Event().wait(0.01)

            self.assertGreater(memory.resident(parent), memory.resident(alone))


class SampleTest(unittest.TestCase):
    def sample(self, counted: Load) -> Sample:
        with tempfile.TemporaryDirectory() as directory, Processes(Path(directory)) as processes:
            return measure.sample(processes.start("gateway", ["sleep", "1000"]), (), lambda: counted)

    def test_a_gateway_that_did_less_than_a_tick_s_work_has_done_a_tick_s(self) -> None:
        self.assertEqual(self.sample(Load(10, 1.0)).cpu_us, 1e6 / cpu.TICKS_A_SECOND / 10)

    def test_a_fault_fails_it(self) -> None:
        with self.assertRaisesRegex(Failure, "gateway: changed backend: 2 in 10 requests"):
            self.sample(Load(10, 1.0, {"changed backend": 2}))


class SyscallsTest(unittest.TestCase):
    SUMMARY = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 60.00    0.600000           3    200000      1000 recvfrom
 40.00    0.400000           4    100000           epoll_wait
------ ----------- ----------- --------- --------- ----------------
100.00    1.000000           3    300000      1000 total
"""

    def test_calls_are_counted_by_name(self) -> None:
        self.assertEqual(syscalls.parse(self.SUMMARY), {"recvfrom": 200000, "epoll_wait": 100000})


class IdleConnectionsTest(unittest.TestCase):
    def serve(self, response: bytes, *, close: bool = False) -> str:
        """Answers each connection once; returns where."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.addCleanup(listener.close)
        kept = ExitStack()
        self.addCleanup(kept.close)

        def accept() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                kept.enter_context(client)
                client.recv(1000)
                # In two parts, as a slow gateway might.
                client.sendall(response[:20])
                client.sendall(response[20:])
                if close:
                    client.shutdown(socket.SHUT_WR)

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def open_files(self) -> int:
        return len(os.listdir("/proc/self/fd"))

    def test_connections_are_held_and_then_closed(self) -> None:
        for response in (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        ):
            with self.subTest(response):
                url = self.serve(response)
                with idle.held(url, 150):
                    self.assertGreater(self.open_files(), 150)

    def test_an_error_status_fails(self) -> None:
        with self.assertRaisesRegex(Failure, "503"), idle.held(self.serve(b"HTTP/1.1 503 No\r\n\r\n"), 1):
            self.fail("it should not have been opened")

    def test_a_connection_that_the_gateway_closes_fails(self) -> None:
        url = self.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", close=True)
        with self.assertRaisesRegex(Failure, "1 of 1 idle connections were closed"), idle.held(url, 1):
            threading.Event().wait(0.2)


if __name__ == "__main__":
    unittest.main()
