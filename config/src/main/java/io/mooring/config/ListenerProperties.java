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
 * @param maxFlows How many flows are open at most, 1-16777216; the longest silent gives way to a new one. For udp only.
 * @param tls How TLS is terminated. Required for tls, and for tls only.
 * @param sni Names of upstreams by the server name that clients ask for in their TLS hello: a host name, or "*." and a
 *     host name for all below it, in brackets: "[*.example.org]". All other clients are led to upstream. With tcp, TLS
 *     is looked at and passed on. For tcp and tls only.
 * @param sniTimeout Time to wait for a client's TLS hello before it is led to upstream, 1s-60s. Without a unit,
 *     seconds. For tcp with sni only.
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

        @DefaultValue("10000") @IntRange(min = 1, max = 16_777_216)
        int maxFlows,

        @NestedConfigurationProperty @Nullable ListenerTlsProperties tls,

        @DefaultValue Map<String, String> sni,

        @DefaultValue("3s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "60s")
        Duration sniTimeout,

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
