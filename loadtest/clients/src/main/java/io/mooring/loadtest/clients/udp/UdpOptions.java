package io.mooring.loadtest.clients.udp;

import io.mooring.loadtest.clients.cli.CommandLine;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * What the command line asked for.
 *
 * @param size of a datagram's content, in bytes
 * @param window how many datagrams each socket keeps under way
 */
record UdpOptions(InetSocketAddress target, int sockets, int size, Duration length, int window) {

    /** What fits an Ethernet frame. */
    private static final int MAX_SIZE = 1472;

    static UdpOptions parse(List<String> arguments) {
        CommandLine line = CommandLine.parse(UdpPairs.USAGE, arguments);
        return new UdpOptions(
                line.hostAndPort("--target"),
                line.positive("--sockets"),
                line.number("--size", Long.BYTES, MAX_SIZE),
                line.seconds("--seconds", 1),
                line.positive("--window"));
    }
}
