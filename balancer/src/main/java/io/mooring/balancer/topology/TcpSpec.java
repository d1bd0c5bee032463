package io.mooring.balancer.topology;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a listener does with TCP connections.
 *
 * @param backlog how many connections may wait to be accepted, for each socket that listens; the kernel may allow fewer
 * @param maxConnections how many connections are open at most
 * @param maxConnectionRate how many connections are accepted in a second at most
 * @param firstByteTimeout resets a client that has sent nothing this long after its backend was connected
 * @param proxied where clients come through a proxy that says who they are
 * @param keepAlive how long silent connections are probed
 */
public record TcpSpec(
        int backlog,
        int maxConnections,
        int maxConnectionRate,
        Optional<Duration> firstByteTimeout,
        Optional<Proxied> proxied,
        KeepAlive keepAlive) {

    /** The backlog of a listener that declares none. */
    public static final int DEFAULT_BACKLOG = 4096;

    /** Of a maximum: there is none. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** A listener that declares nothing. */
    public static final TcpSpec DEFAULT =
            new TcpSpec(DEFAULT_BACKLOG, UNLIMITED, UNLIMITED, Optional.empty(), Optional.empty(), KeepAlive.OF_SYSTEM);

    /**
     * Connections that must begin with a header of the PROXY protocol.
     *
     * @param from the proxies; a connection from elsewhere is refused
     * @param timeout how long the header may take
     */
    public record Proxied(List<AddressRange> from, Duration timeout) {

        /** The timeout where none is declared. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

        public Proxied {
            from = List.copyOf(from);
            if (from.isEmpty()) {
                throw new IllegalArgumentException("from: none (expected: the address of one proxy or more)");
            }
        }

        /** Whether the address is that of a proxy. */
        public boolean isProxy(InetAddress address) {
            for (AddressRange range : from) {
                if (range.contains(address)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * How the kernel asks a silent peer whether it is still there. What is empty is as the system has it.
     *
     * @param idle how long a connection is silent before it is probed, in whole seconds
     * @param interval the time between probes, in whole seconds
     * @param probes how many stay unanswered before the connection is given up
     */
    public record KeepAlive(Optional<Duration> idle, Optional<Duration> interval, Optional<Integer> probes) {

        /** Everything as the system has it. */
        public static final KeepAlive OF_SYSTEM = new KeepAlive(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
