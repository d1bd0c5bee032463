package io.mooring.balancer.topology;

import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.session.Policy;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

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
 * @param tls how TLS is terminated; present with {@link Protocol#TLS}
 * @param serverNames what leads clients to other upstreams by the name they ask for
 * @param rescheduling when what is open is broken off, so that its clients are given other backends
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
        TcpSpec tcp,
        Optional<TlsSpec> tls,
        ServerNameSpec serverNames,
        RescheduleSpec rescheduling) {

    /** The local address of a listener that declares none: all of this machine's. */
    public static final String DEFAULT_ADDRESS = "0.0.0.0";

    /** The idle timeout of a TCP or TLS listener that declares none. */
    public static final Duration DEFAULT_TCP_IDLE = Duration.ofMinutes(15);

    /** The idle timeout of a UDP listener that declares none. */
    public static final Duration DEFAULT_UDP_IDLE = Duration.ofMinutes(5);

    /** The connect timeout of a listener that declares none. */
    public static final Duration DEFAULT_CONNECT = Duration.ofSeconds(4);

    public ListenerSpec {
        if (tls.isPresent() != (protocol == Protocol.TLS)) {
            throw new IllegalArgumentException(
                    "tls: " + (tls.isPresent() ? "present" : "absent") + " (expected: present only with protocol tls)");
        }
    }

    /** A listener that leaves what is open where it is. */
    public ListenerSpec(
            String name,
            Protocol protocol,
            String address,
            int port,
            String upstream,
            Optional<Policy> policy,
            Duration idleTimeout,
            Duration connectTimeout,
            FlowSpec flows,
            TcpSpec tcp,
            Optional<TlsSpec> tls,
            ServerNameSpec serverNames) {
        this(
                name,
                protocol,
                address,
                port,
                upstream,
                policy,
                idleTimeout,
                connectTimeout,
                flows,
                tcp,
                tls,
                serverNames,
                RescheduleSpec.NEVER);
    }

    /** A listener that declares nothing of TCP, and neither terminates TLS nor looks at server names. */
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
        this(
                name,
                protocol,
                address,
                port,
                upstream,
                policy,
                idleTimeout,
                connectTimeout,
                flows,
                TcpSpec.DEFAULT,
                Optional.empty(),
                ServerNameSpec.NONE);
    }

    /** The upstreams that it leads to. */
    public Set<String> upstreams() {
        Set<String> upstreams = new LinkedHashSet<>();
        upstreams.add(upstream);
        upstreams.addAll(serverNames.upstreams().values());
        return upstreams;
    }

    /** Whether it opens the same port in the same way of speaking, under the same name. */
    public boolean opensAs(ListenerSpec other) {
        return name.equals(other.name)
                && protocol == other.protocol
                && address.equals(other.address)
                && port == other.port;
    }

    /** The same, but for what is fixed when a port is opened: that is as the other has it. */
    public ListenerSpec openedAs(ListenerSpec other) {
        return new ListenerSpec(
                name,
                protocol,
                address,
                port,
                upstream,
                policy,
                idleTimeout,
                connectTimeout,
                other.flows,
                other.tcp,
                tls,
                serverNames,
                rescheduling);
    }

    /** What a listener speaks. */
    public enum Protocol {
        /** A byte stream. */
        TCP,
        /** A byte stream within TLS, which ends here. */
        TLS,
        /** Datagrams. */
        UDP;

        /** The name in the configuration. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The idle timeout of a listener that declares none. */
        public Duration defaultIdleTimeout() {
            return switch (this) {
                case TCP, TLS -> DEFAULT_TCP_IDLE;
                case UDP -> DEFAULT_UDP_IDLE;
            };
        }
    }
}
