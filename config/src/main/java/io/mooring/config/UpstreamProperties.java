package io.mooring.config;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.upstream.ProxyProtocol;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A group of backends.
 *
 * @param balancing How clients without a session are spread over the backends.
 * @param persistence How clients are kept with their backends.
 * @param proxyProtocol In which version of the PROXY protocol backends are told who a client is: v1 or v2; not at all,
 *     if not set. For upstreams that only tcp and tls listeners lead to.
 * @param tls How TLS is spoken with the backends, for tcp and tls listeners; they are spoken with in the clear, if not set.
 * @param backends Servers by id, at least one. Sessions are bound to the id, so an address may change. Required.
 */
@ConfigurationPropertiesSource
record UpstreamProperties(
        @DefaultValue("weighted-round-robin") Balancing balancing,
        @DefaultValue @NestedConfigurationProperty PersistenceProperties persistence,
        @Nullable ProxyProtocol proxyProtocol,
        @NestedConfigurationProperty @Nullable BackendTlsProperties tls,
        @DefaultValue Map<String, BackendProperties> backends) {}
