"""Type  PYTHONPATH=loadtest python3 -m unittest discover loadtest  in the project's root."""

import argparse
import socket
import sys
import tempfile
import unittest
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import arguments, cpu, h2load, launch, load, scenarios, settings, verdict, wrk
from .jvm import Jvm
from .peers import PEERS
from .processes import Failure, Processes, check_ports_free
from .site import L4, Setup, Site


def a_load(requests: int = 10, **faults: int) -> load.Load:
    return load.Load(requests, 1.0, {"timeouts": 0, **faults})


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


class LoadTest(unittest.TestCase):
    def test_a_clean_run_passes(self) -> None:
        a_load().check("haproxy")

    def test_every_fault_fails_the_run(self) -> None:
        for faulty in (a_load(changed=1), a_load(requests=0)):
            with self.subTest(faulty), self.assertRaisesRegex(Failure, "haproxy: "):
                faulty.check("haproxy")

    def test_wrk_s_responses_that_were_not_checked_are_a_fault(self) -> None:
        counted = wrk.parse('noise\n{"requests":7,"seconds":1.5,"checked":6,"changed backend":0}\n')

        self.assertEqual(counted, load.Load(7, 1.5, {"unchecked responses": 1, "changed backend": 0}))

    H2LOAD = """
Application protocol: h2
finished in 250.50ms, 1000.00 req/s, 1.21KB/s
requests: 256 total, 256 started, 256 done, 250 succeeded, 6 failed, 1 errored, 2 timeout
status codes: 250 2xx, 1 3xx, 2 4xx, 3 5xx
"""

    def test_h2load_s_counts_are_read(self) -> None:
        counted = h2load.parse(self.H2LOAD, "h2")

        self.assertEqual((counted.requests, counted.seconds), (250, 0.2505))
        self.assertEqual(counted.faults, {"failed": 6, "errors": 1, "timeouts": 2, "status errors": 6})

    def test_another_protocol_than_meant_fails_the_run(self) -> None:
        with self.assertRaisesRegex(Failure, "h2 .expected: http/1.1."):
            h2load.parse(self.H2LOAD, "http/1.1")
        with self.assertRaisesRegex(Failure, "no counts"):
            h2load.parse("", "h2")


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
            with launch.launched(processes, "program", command, f"http://127.0.0.1:{port}") as (_, seconds):
                pass
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
    def configurations(self, setup: Setup) -> Iterator[tuple[str, str]]:
        with tempfile.TemporaryDirectory() as directory:
            site = Site(21000, Path(directory), Jvm(Path("/none"), "17.0.1"), setup)
            for name, peer in PEERS.items():
                yield name, peer.configure(site, name).read_text()

    def test_every_template_has_all_its_values(self) -> None:
        site = Site(21000, Path("/none"), Jvm(Path("/none"), "17.0.1"))
        for setup in (Setup("plain"), Setup("tls", tls=True), Setup("routes", routes=2)):
            for name, text in self.configurations(setup):
                with self.subTest(f"{name}, {setup.name}"):
                    self.assertIn(str(site.port(name)), text)
                    self.assertTrue(name not in L4 or str(site.port(L4[name])) in text)
                    self.assertNotRegex(text, "@[A-Z]")

    def test_routes_come_before_the_one_for_every_path(self) -> None:
        for name, text in self.configurations(Setup("routes", routes=2)):
            if name != "haproxy":
                with self.subTest(name):
                    places = [text.index(path) for path in ("/route-1/", "/route-2/")]
                    self.assertEqual(places, sorted(places))
        self.assertNotIn("route-3", text)

    def test_plain_setups_speak_no_tls(self) -> None:
        for name, text in self.configurations(Setup("plain")):
            with self.subTest(name):
                self.assertNotRegex(text, "alpn|http2|bundle")


class ScenariosTest(unittest.TestCase):
    def test_every_scenario_is_asked_of_gateways_that_can_do_it(self) -> None:
        for name, scenario in scenarios.SCENARIOS.items():
            with self.subTest(name):
                self.assertTrue(set(scenario.peers) <= set(PEERS))
                self.assertIn("mooring", scenario.peers)
                if scenario.session is scenarios.Session.SOURCE:
                    self.assertTrue(set(scenario.peers) <= set(L4))

    def test_a_setup_is_started_once(self) -> None:
        planned = dict(scenarios.setups(("small-get", "https", "http2", "latency", "launch")))

        self.assertEqual(planned, {scenarios.PLAIN: ["small-get", "latency"], scenarios.TLS: ["https", "http2"]})

    def test_the_last_route_is_asked_for(self) -> None:
        for scenario in scenarios.SCENARIOS.values():
            if scenario.setup.routes:
                self.assertEqual(scenario.path, scenario.setup.route_paths()[-1])


class CommandLineTest(unittest.TestCase):
    def test_gateways_keep_their_order(self) -> None:
        self.assertEqual(settings.parse(["--only", "mooring,haproxy"])[0].peers, ("haproxy", "mooring"))

    def test_quick_leaves_what_was_asked_for(self) -> None:
        pace = settings.parse(["--quick", "--rounds", "7"])[0].pace

        self.assertEqual((pace.rounds, pace.seconds), (7, 1))

    def test_quick_has_all_scenarios_but_the_one_that_is_slow_to_start(self) -> None:
        quick, full = (settings.parse(given)[0].scenarios for given in (["--quick"], []))

        self.assertEqual(set(full) - set(quick), {"routes-10000"})

    def test_scenarios_keep_their_order(self) -> None:
        self.assertEqual(settings.parse(["--scenario", "http2,small-get"])[0].scenarios, ("small-get", "http2"))

    def test_an_unknown_scenario_is_refused_with_those_there_are(self) -> None:
        with self.assertRaisesRegex(argparse.ArgumentTypeError, "no-such .expected: some of small-get,.*"):
            arguments.some_of(scenarios.ALL)("no-such,https")


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
