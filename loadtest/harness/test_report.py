"""What becomes of canned samples in tables, JSON and charts."""

import json
import tempfile
import unittest
from pathlib import Path

from . import charts, report, results
from .fresh import Fresh
from .java_clients import Latencies
from .measure import Sample
from .memory import MIB
from .processes import Failure
from .results import Results, Spread
from .verdict import Seen

FACTS = {"processors": "2", "HAProxy": "2.6"}


def a_sample(cpu_us: float, allocated_bytes: float | None = None) -> Sample:
    return Sample(
        requests=1000,
        seconds=2.0,
        user_us=cpu_us / 4,
        system_us=cpu_us * 3 / 4,
        compiling=0.01,
        foreign=0.05,
        resident_bytes=30 * MIB,
        allocated_bytes=allocated_bytes,
    )


def everything() -> Results:
    return Results(
        scenarios={
            "small-get": {"haproxy": [a_sample(20), a_sample(40)], "mooring": [a_sample(60, 9000), a_sample(80, 9500)]},
            "udp-pairs": {"nginx": [a_sample(10), a_sample(10)], "mooring": [a_sample(20), a_sample(30)]},
        },
        latency_rate=900,
        latencies={"haproxy": [Latencies(1800, 100, 200, 300, 18)], "mooring": [Latencies(1800, 300, 800, 900, 0)]},
        system_calls={"haproxy": [{"recvfrom": 2.0, "epoll_wait": 0.5, "brk": 0.01}], "mooring": [{}]},
        soaked={"haproxy": Seen(500, 60, 100, {}, {"backend-1": 50, "backend-2": 50}, 1, 2, 3)},
        fresh=Fresh(
            launches={"haproxy": [0.05], "mooring": [4.0], "Mooring with its AOT cache": [1.5]},
            at_rest_bytes={"haproxy": [15 * MIB], "mooring": [150 * MIB]},
            idle_http_bytes={"haproxy": [2048], "mooring": [4096]},
            idle_tcp_bytes={"haproxy": [1024], "mooring": [3072]},
        ),
    )


class SpreadTest(unittest.TestCase):
    def test_ratios_are_of_the_same_round(self) -> None:
        self.assertEqual(results.ratios([20, 40, 90], [10, 20, 30]), Spread(2.0, 2.0, 3.0))

    def test_rounds_without_their_counterpart_have_no_ratio(self) -> None:
        with self.assertRaises(ValueError):
            results.ratios([20, 40], [10])


class TablesTest(unittest.TestCase):
    def test_a_scenario_s_table_has_a_line_for_each_gateway(self) -> None:
        table = report.scenario_table({"haproxy": [a_sample(20)], "mooring": [a_sample(30)]})

        self.assertIn("| HAProxy | 20.0 (20.0–20.0) | 5.0 (5.0–5.0) | 15.0 (15.0–15.0) |", table)
        self.assertIn("| 33,333 (33,333–33,333) | 500 (500–500) | 1.50 (1.50–1.50) |", table)

    def test_the_overview_compares_with_haproxy_and_else_with_nginx(self) -> None:
        table = report.overview(everything().scenarios)

        self.assertIn("| 30.0 (20.0–40.0) | – | 70.0 (60.0–80.0) ×2.50 |", table)
        self.assertIn("| – | 10.0 (10.0–10.0) | 25.0 (20.0–30.0) ×2.50 |", table)

    def test_the_report_has_a_section_for_all_that_was_measured(self) -> None:
        text = report.markdown(FACTS, everything())

        for expected in (
            "processors: 2; HAProxy: 2.6.",
            "## Latency of a small GET at 900 requests a second",
            "| Mooring | 300 (300–300) ×3.00 | 800 (800–800) ×4.00 | 900 (900–900) ×3.00 |",
            "At most 1.00% of a round's requests were sent late",
            "| Mooring | 150.0 (150.0–150.0) ×10.00 | 30.0 (30.0–30.0) ×1.00 | 4.00 (4.00–4.00) ×2.00 | 3.00 (3.00–3.00) ×3.00 | 9,250 ",
            "| Mooring with its AOT cache | 1.50 (1.50–1.50) ×30.00 |",
            "HAProxy: 100 clients, 500 requests on 60 connections; none failed, no client changed backend.",
        ):
            self.assertIn(expected, text)

    def test_what_was_not_measured_is_not_mentioned(self) -> None:
        text = report.markdown(FACTS, Results(scenarios={"small-get": {"mooring": [a_sample(30)]}}))

        self.assertNotRegex(text, "(?i)latency|system calls|launch|soak|×")

    def test_rare_system_calls_and_gateways_that_could_not_be_traced_are_left_out(self) -> None:
        figures = list(results.system_call_figures(everything()))

        self.assertEqual([figure.title for figure in figures], ["all", "recvfrom", "epoll_wait"])
        self.assertEqual(list(figures[0].rounds), ["haproxy"])

    def test_the_json_has_the_figures_and_every_round(self) -> None:
        read = json.loads(report.as_json(FACTS, everything()))

        self.assertEqual(read["figures"]["cpu_small-get"]["mooring"]["to_haproxy"], vars(Spread(2.5, 2.0, 3.0)))
        self.assertEqual(read["figures"]["launch"]["seconds"]["mooring"]["median"], 4.0)
        self.assertEqual(len(read["rounds"]["scenarios"]["small-get"]["haproxy"]), 2)


class ChartsTest(unittest.TestCase):
    def test_there_is_one_for_each_kind_of_figure(self) -> None:
        names = [name for name, _ in charts.scripts(everything())]

        self.assertEqual(names, ["cpu-by-scenario", "cpu-small-get", "latency", "memory", "memory-idle", "launch"])
        self.assertEqual(list(charts.scripts(Results())), [])

    def test_a_gateway_that_takes_no_part_has_no_bar(self) -> None:
        bars = charts.by_scenario(everything())

        self.assertIsNone(bars.series["haproxy"][1])
        self.assertIn("$data0 << END\n-0.26", bars.script().replace("-0.2666666666666667", "-0.26"))

    def test_gnuplot_s_complaint_is_told(self) -> None:
        empty = Results(scenarios={"small-get": {}})
        with tempfile.TemporaryDirectory() as directory, self.assertRaisesRegex(Failure, "cpu-small-get.svg"):
            charts.draw(empty, Path(directory))


if __name__ == "__main__":
    unittest.main()
