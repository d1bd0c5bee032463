"""Whose time a sample is counted as."""

import unittest

from . import layers

LOOP = "[mooring-loop-1 tid=7];java/lang/Thread.run;io/netty/channel/epoll/EpollIoHandler.run"


class LayersTest(unittest.TestCase):
    def test_the_innermost_frame_of_a_layer_counts(self) -> None:
        stack = f"{LOOP};reactor/core/publisher/Mono.subscribe;org/springframework/http/HttpHeaders.add"
        self.assertEqual(layers.layer_of(stack), "Spring's headers, URIs and media types")

    def test_the_jdk_is_its_callers_time(self) -> None:
        stack = f"{LOOP};io/mooring/balancer/token/TokenCodec.verify;java/util/Arrays.equals;jbyte_arraycopy"
        self.assertEqual(layers.layer_of(stack), "Mooring: session, token, forwarding, metrics")

    def test_a_part_of_a_package_goes_before_the_package(self) -> None:
        decoding = f"{LOOP};io/netty/handler/codec/http/HttpObjectDecoder.decode"
        self.assertEqual(layers.layer_of(decoding), "Netty: HTTP codec")
        self.assertEqual(layers.layer_of(LOOP), "Netty: transport, pipeline, buffers")

    def test_a_system_call_is_one_whoever_made_it(self) -> None:
        stack = f"[reactor-http-epoll-1 tid=9];io/netty/channel/unix/Socket.sendAddress;__GI___send"
        self.assertEqual(layers.layer_of(stack), "system call: send")
        self.assertEqual(layers.layer_of(f"{LOOP};__libc_sendmmsg"), "system call: sendmmsg")
        self.assertEqual(layers.layer_of(f"{LOOP};epoll_pwait2"), "system call: epoll_pwait2")
        self.assertEqual(layers.layer_of(f"{LOOP};io/netty/Native.sendmmsg0;syscall"), "system call: sendmmsg")
        self.assertEqual(layers.layer_of(f"{LOOP};sendAddress"), "Netty: transport, pipeline, buffers")

    def test_other_threads_are_no_layer(self) -> None:
        self.assertEqual(layers.layer_of("[C2 CompilerThre tid=3];io/netty/Nothing.run"), layers.OTHER_THREADS)
        self.assertEqual(layers.layer_of("[mooring-loop-1 tid=7];start_thread"), layers.UNKNOWN)

    def test_nothing_of_a_profile_is_lost(self) -> None:
        counted = layers.count([f"{LOOP} 3\n", f"{LOOP};__GI_epoll_pwait2 2\n", f"{LOOP} 4\n", "[GC Thread#0 tid=2] 1\n"])
        self.assertEqual(
            counted,
            {"Netty: transport, pipeline, buffers": 7, "system call: epoll_pwait2": 2, layers.OTHER_THREADS: 1},
        )

    def test_the_table_has_a_row_for_each_layer_and_what_was_measured(self) -> None:
        accounts = {"stock": {"a": 2.0, "b": 1.0}, "Mooring": {"b": 5.0}}
        lines = layers.table(accounts, {"stock": 3.1, "Mooring": 4.9}, "measured", 1).splitlines()
        self.assertEqual(lines[2:], [
            "| b | 1.0 | 5.0 |",
            "| a | 2.0 | 0.0 |",
            "| **sum** | **3.0** | **5.0** |",
            "| measured | 3.1 | 4.9 |",
        ])

    def test_what_was_not_measured_is_left_out(self) -> None:
        lines = layers.table({"Mooring": {"b": 5_000.0}}, {"Mooring": None}, "measured", 0).splitlines()
        self.assertEqual(lines[2:], ["| b | 5,000 |", "| **sum** | **5,000** |"])


if __name__ == "__main__":
    unittest.main()
