package io.mooring.config;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.ProxyProtocol;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * A group of backends.
 *
 * @param balancing How clients without a session are spread over the backends.
 * @param persistence How clients are kept with their backends.
 * @param proxyProtocol In which version of the PROXY protocol backends are told who a client is: v1 or v2; not at all,
 *     if not set. For upstreams that only tcp and tls listeners lead to.
 * @param tls How TLS is spoken with the backends, for tcp and tls listeners; they are spoken with in the clear, if not
 *     set.
 * @param healthCheck How its backends are probed; not at all, if not set.
 * @param ejection When a backend that fails its clients is taken out for a while.
 * @param allDown What becomes of traffic when no backend is ready: try-all sends it to all that are not draining
 *     or in maintenance, refuse refuses it.
 * @param slowStart Time over which a backend that comes back gets its full weight, 0s-3600s. Without a unit,
 *     seconds.
 * @param flapGrace Time for which the sessions of a backend that is down wait for it, served by others, before
 *     they are moved, 0s-300s. Without a unit, seconds.
 * @param drainTimeout Time after which the sessions that a draining backend, or one of weight 0, still has are
 *     moved, 1s-1d; never, if not set. Without a unit, seconds.
 * @param discovery How further members are found in a registry of services; none are, if not set.
 * @param dns How further members are found by a host name; none are, if not set. Not beside discovery.
 * @param backends Servers by id, at least one. Sessions are bound to the id, so an address may change. Required, unless
 *     members are found by discovery or dns.
 */
@ConfigurationPropertiesSource
record UpstreamProperties(
        @DefaultValue("weighted-round-robin") Balancing balancing,
        @DefaultValue @NestedConfigurationProperty PersistenceProperties persistence,
        @Nullable ProxyProtocol proxyProtocol,
        @NestedConfigurationProperty @Nullable BackendTlsProperties tls,
        @NestedConfigurationProperty @Nullable HealthCheckProperties healthCheck,
        @DefaultValue @NestedConfigurationProperty EjectionProperties ejection,
        @DefaultValue("try-all") AllDown allDown,

        @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "0s", max = "3600s")
        Duration slowStart,

        @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "0s", max = "300s")
        Duration flapGrace,

        @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "1d") @Nullable
        Duration drainTimeout,

        @NestedConfigurationProperty @Nullable DiscoveryProperties discovery,
        @NestedConfigurationProperty @Nullable DnsProperties dns,
        @DefaultValue Map<String, BackendProperties> backends) {

    /** Whether there may be members that are not declared. */
    boolean findsMembers() {
        return discovery != null || dns != null;
    }
}
