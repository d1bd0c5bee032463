package io.mooring.config;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.topology.ListenerSpec;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * A TCP, TLS or UDP port to open.
 *
 * @param protocol What is spoken there: tcp, tls or udp. Required.
 * @param address Local address to bind.
 * @param port Port to open, 0-65535; 0 lets the system choose. Required.
 * @param upstream Name of the upstream that serves it. Required.
 * @param idleTimeout Time without traffic either way after which a connection or flow is closed: 10s-3600s for
 *     tcp and tls (900s if not set), 1s-3600s for udp (300s if not set). Without a unit, seconds.
 * @param connectTimeout Time a backend may take to accept a connection before the next one is tried, 1s-120s.
 *     Without a unit, seconds.
 * @param maxConnections How many connections are open at most, 1-16777216; more are reset as they come. No limit, if
 *     not set. For tcp and tls only.
 * @param maxConnectionRate How many connections come in a second at most, 1-1000000; more are reset as they come. No
 *     limit, if not set. For tcp and tls only.
 * @param backlog How many connections may wait to be accepted on each of the listener's sockets, 1-65535; the system
 *     may allow fewer. For tcp and tls only.
 * @param firstByteTimeout Time after which a client that has sent nothing is reset, 1s-3600s; it runs from when its
 *     backend is connected. No limit, if not set. For tcp and tls only. Without a unit, seconds.
 * @param maxFlows How many flows are open at most, 1-16777216; the longest silent gives way to a new one. For udp
 *     only.
 * @param responses How many answers a client's datagram gets, 0-1000: a flow ends as soon as they have come, such as
 *     with 1 for DNS. 0 leaves it to the idle timeout. For udp only.
 * @param proxyProtocol Where clients come through a proxy that says by the PROXY protocol, version 1 or 2, who they
 *     are. For tcp and tls only.
 * @param keepAlive How the kernel probes silent peers, clients and backends. For tcp and tls only.
 * @param tls How TLS is terminated. Required for tls, and for tls only.
 * @param sni Names of upstreams by the server name that clients ask for in their TLS hello: a host name, or "*." and a
 *     host name for all below it, in brackets: "[*.example.org]". All other clients are led to upstream. With tcp, TLS
 *     is looked at and passed on. For tcp and tls only.
 * @param sniTimeout Time to wait for a client's TLS hello before it is led to upstream, 1s-60s. Without a unit,
 *     seconds. For tcp with sni only.
 * @param reschedule When open connections and flows are broken off, so that their clients are given other backends;
 *     never, if not set.
 * @param balancing How clients without a session are spread over the backends; the upstream's, if not set.
 * @param persistence How clients are kept with their backends: none or source-ip. Replaces the upstream's as a
 *     whole; the upstream's, if not set.
 */
@ConfigurationPropertiesSource
record ListenerProperties(
        ListenerSpec.@Nullable Protocol protocol,
        @DefaultValue("0.0.0.0") String address,
        @IntRange(min = 0, max = 65_535) @Nullable Integer port,
        @Nullable String upstream,

        @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "3600s") @Nullable
        Duration idleTimeout,

        @DefaultValue("4s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "120s")
        Duration connectTimeout,

        @IntRange(min = 1, max = 16_777_216) @Nullable Integer maxConnections,
        @IntRange(min = 1, max = 1_000_000) @Nullable Integer maxConnectionRate,

        @DefaultValue("4096") @IntRange(min = 1, max = 65_535)
        int backlog,

        @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "3600s") @Nullable
        Duration firstByteTimeout,

        @DefaultValue("10000") @IntRange(min = 1, max = 16_777_216)
        int maxFlows,

        @DefaultValue("0") @IntRange(min = 0, max = 1_000) int responses,

        @NestedConfigurationProperty @Nullable ProxyProtocolProperties proxyProtocol,
        @NestedConfigurationProperty @Nullable KeepAliveProperties keepAlive,
        @NestedConfigurationProperty @Nullable ListenerTlsProperties tls,

        @DefaultValue Map<String, String> sni,

        @DefaultValue("3s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "60s")
        Duration sniTimeout,

        @NestedConfigurationProperty @Nullable RescheduleProperties reschedule,

        @Nullable Balancing balancing,
        @NestedConfigurationProperty @Nullable PersistenceProperties persistence) {

    /** Whether the listener is a scope of its own. */
    boolean declaresPolicy() {
        return balancing != null || persistence != null;
    }

    /** The names of the upstreams that clients are led to, as far as they are set. */
    Set<String> upstreams() {
        Set<String> upstreams = new LinkedHashSet<>();
        if (upstream != null) {
            upstreams.add(upstream);
        }
        upstreams.addAll(sni.values());
        return upstreams;
    }
}
