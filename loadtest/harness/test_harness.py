"""Type  PYTHONPATH=loadtest python3 -m unittest discover loadtest  in the project's root."""

import socket
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import compare, cpu, launch, load, report, verdict
from .jvm import Jvm
from .measure import Sample
from .peers import PEERS, Site
from .processes import Failure, Processes, check_ports_free


def a_sample(cpu_us: float) -> Sample:
    return Sample(
        requests=1000, seconds=2.0, user_us=cpu_us / 4, system_us=cpu_us * 3 / 4, compiling=0.01, foreign=0.05
    )


def a_load(**changes: Any) -> load.Load:
    fields: dict[str, Any] = {"requests": 10, "seconds": 1.0, "checked": 10, "changed": 0, "errors": {"read": 0}}
    return load.Load(**(fields | changes))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class CpuTest(unittest.TestCase):
    def test_a_name_with_spaces_and_parentheses_does_not_shift_the_fields(self) -> None:
        numbers = [0] * 9 + [250, 50] + [0] * 30
        stat = cpu.parse_stat(f"7 (C2 (odd) Compi) S 3 {' '.join(map(str, numbers))}")

        self.assertEqual(stat.name, "C2 (odd) Compi")
        self.assertEqual(stat.parent, 3)
        self.assertEqual(stat.cpu, cpu.CpuTime(250 / cpu.TICKS_A_SECOND, 50 / cpu.TICKS_A_SECOND))


class ReportTest(unittest.TestCase):
    def test_ratios_are_of_the_same_round(self) -> None:
        spread = report.ratios([a_sample(20), a_sample(40), a_sample(90)], [a_sample(10), a_sample(20), a_sample(30)])

        self.assertEqual(spread, report.Spread(2.0, 2.0, 3.0))

    def test_the_table_has_a_line_for_each_gateway(self) -> None:
        table = report.table({"haproxy": [a_sample(20)], "mooring": [a_sample(30)]})

        self.assertIn("| HAProxy | 20.0 (20.0–20.0) | 5.0 (5.0–5.0) | 15.0 (15.0–15.0) |", table)
        self.assertIn("| 33,333 (33,333–33,333) | 500 (500–500) | 1.50 (1.50–1.50) |", table)


class LoadTest(unittest.TestCase):
    def test_a_clean_run_passes(self) -> None:
        a_load().check("haproxy")

    def test_every_fault_fails_the_run(self) -> None:
        for fault in ({"changed": 1}, {"checked": 9}, {"errors": {"read": 1}}, {"requests": 0, "checked": 0}):
            with self.subTest(fault), self.assertRaises(Failure):
                a_load(**fault).check("haproxy")


class ProcessesTest(unittest.TestCase):
    def test_a_taken_port_is_named(self) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            with self.assertRaisesRegex(Failure, f"{port} \\(for nginx\\)"):
                check_ports_free({"nginx": port})

    def test_what_was_started_has_ended_after_a_failure(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            with self.assertRaises(Failure), Processes(Path(directory)) as processes:
                process = processes.start("sleeper", ["sleep", "1000"])
                process.check_running()
                raise Failure("on purpose")
            self.assertIsNotNone(process.wait(0))


class LaunchTest(unittest.TestCase):
    # Refuses its first two clients.
    SERVER = """
import signal, socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
for status in ("503 Service Unavailable", "503 Service Unavailable", "200 OK"):
    with listener.accept()[0] as client:
        client.recv(1000)
        print(status, flush=True)
        client.sendall(f"HTTP/1.1 {status}\\r\\nContent-Length: 0\\r\\n\\r\\n".encode())
signal.pause()
"""

    def measure(self, command: list[str], port: int) -> tuple[float, str]:
        with tempfile.TemporaryDirectory() as directory, Processes(Path(directory)) as processes:
            seconds = launch.measure(processes, "program", command, f"http://127.0.0.1:{port}")
            return seconds, (Path(directory) / "program.log").read_text()

    def test_time_runs_until_the_first_request_that_is_answered_well(self) -> None:
        port = free_port()

        seconds, printed = self.measure([sys.executable, "-c", self.SERVER, str(port)], port)

        self.assertGreater(seconds, 2 * launch.POLL_SECONDS)
        self.assertEqual(printed.splitlines()[-1], "200 OK")
        check_ports_free({"the program": port})

    def test_a_program_that_ends_is_a_failure(self) -> None:
        with self.assertRaisesRegex(Failure, r"program ended by itself \(status 3\)"):
            self.measure(["sh", "-c", "exit 3"], free_port())


class PeersTest(unittest.TestCase):
    def test_every_template_has_all_its_values(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            site = Site(21000, Path(directory), Jvm(Path("/none"), "17.0.1"))
            for name, peer in PEERS.items():
                text = site.configuration(peer.template, name).read_text()
                self.assertIn(str(site.port(name)), text)
                self.assertNotRegex(text, "@[A-Z]")


class CommandLineTest(unittest.TestCase):
    def test_gateways_keep_their_order(self) -> None:
        self.assertEqual(compare.parse(["--only", "mooring,haproxy"])[0].peers, ("haproxy", "mooring"))

    def test_quick_leaves_what_was_asked_for(self) -> None:
        settings, _ = compare.parse(["--quick", "--rounds", "7"])

        self.assertEqual((settings.rounds, settings.seconds), (7, 3))


class VerdictTest(unittest.TestCase):
    FLAT = (verdict.HeapSample(10, 30 * verdict.MIB), verdict.HeapSample(60, 31 * verdict.MIB))
    GROWN = (verdict.HeapSample(10, 30 * verdict.MIB), verdict.HeapSample(60, 60 * verdict.MIB))

    def seen(self, **changes: Any) -> verdict.Seen:
        good = verdict.Seen(
            requests=1000,
            connections=50,
            cookies_set=10,
            faults={},
            clients_by_backend={"backend-1": 5, "backend-2": 5},
            p50_us=1000,
            p99_us=5000,
            max_us=9000,
        )
        return replace(good, **changes)

    def faults(self, seen: verdict.Seen, gateway: verdict.JvmSeen | None = None) -> list[str]:
        return list(verdict.faults(verdict.Expected(clients=10, max_growth_mib=16), seen, gateway))

    def test_a_good_run_has_none(self) -> None:
        self.assertEqual(self.faults(self.seen(), verdict.JvmSeen(self.FLAT, [])), [])

    def test_what_a_client_saw_fails_the_run(self) -> None:
        self.assertEqual(self.faults(self.seen(faults={"CHANGED": 1})), ["CHANGED: 1 requests"])
        self.assertRegex(self.faults(self.seen(clients_by_backend={"backend-1": 10}))[0], "same backend")
        self.assertRegex(self.faults(self.seen(clients_by_backend={"backend-1": 5, "backend-2": 4}))[0], "only 9 of 10")

    def test_a_growing_heap_fails_the_run(self) -> None:
        self.assertRegex(self.faults(self.seen(), verdict.JvmSeen(self.GROWN, []))[0], "grew by more than 16 MiB")
        self.assertRegex(self.faults(self.seen(), verdict.JvmSeen((), []))[0], "too short")

    def test_a_leak_fails_the_run(self) -> None:
        leaking = verdict.JvmSeen(self.FLAT, ["LEAK: ByteBuf.release() was not called"])

        self.assertRegex(self.faults(self.seen(), leaking)[0], "1 leaks were logged, the first: LEAK: ByteBuf")

    def test_the_slope_is_a_minute_s(self) -> None:
        words = list(verdict.describe(100, 10, self.seen(), verdict.JvmSeen(self.FLAT, [])))

        self.assertIn("Slope of the live heap: +1.20 MiB a minute", words)


if __name__ == "__main__":
    unittest.main()
