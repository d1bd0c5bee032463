package io.mooring.balancer.topology;

import io.mooring.balancer.session.Policy;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * A layer 4 port to open.
 *
 * @param name its name in logs and metrics
 * @param protocol what is spoken there
 * @param address the local address to bind, as a host name or an IP literal without brackets
 * @param port 0-65535; 0 lets the system choose
 * @param upstream the upstream's name
 * @param policy what overrides the upstream's policy, and so makes the listener a scope of its own
 * @param idleTimeout closes a connection or flow on which nothing was sent either way for this long
 * @param connectTimeout how long a backend may take to accept a connection before the next one is tried
 * @param flows what holds for UDP flows
 * @param tcp what holds for TCP connections
 */
public record ListenerSpec(
        String name,
        Protocol protocol,
        String address,
        int port,
        String upstream,
        Optional<Policy> policy,
        Duration idleTimeout,
        Duration connectTimeout,
        FlowSpec flows,
        TcpSpec tcp) {

    /** The local address of a listener that declares none: all of this machine's. */
    public static final String DEFAULT_ADDRESS = "0.0.0.0";

    /** The idle timeout of a TCP listener that declares none. */
    public static final Duration DEFAULT_TCP_IDLE = Duration.ofMinutes(15);

    /** The idle timeout of a UDP listener that declares none. */
    public static final Duration DEFAULT_UDP_IDLE = Duration.ofMinutes(5);

    /** The connect timeout of a listener that declares none. */
    public static final Duration DEFAULT_CONNECT = Duration.ofSeconds(4);

    /** A listener that declares nothing of TCP. */
    public ListenerSpec(
            String name,
            Protocol protocol,
            String address,
            int port,
            String upstream,
            Optional<Policy> policy,
            Duration idleTimeout,
            Duration connectTimeout,
            FlowSpec flows) {
        this(name, protocol, address, port, upstream, policy, idleTimeout, connectTimeout, flows, TcpSpec.DEFAULT);
    }

    /** What a listener speaks. */
    public enum Protocol {
        /** A byte stream. */
        TCP,
        /** Datagrams. */
        UDP;

        /** The name in the configuration. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The idle timeout of a listener that declares none. */
        public Duration defaultIdleTimeout() {
            return switch (this) {
                case TCP -> DEFAULT_TCP_IDLE;
                case UDP -> DEFAULT_UDP_IDLE;
            };
        }
    }
}
