package io.mooring.config;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.util.Objects;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Finds upstreams that are to be told who their clients are by others than TCP listeners, which alone can. */
final class ProxyProtocolCheck {

    private final Findings findings;

    ProxyProtocolCheck(Findings findings) {
        this.findings = findings;
    }

    void check(BoundConfiguration configuration) {
        for (DeclaredUpstream upstream : configuration.upstreams()) {
            if (upstream.value().proxyProtocol() != null) {
                check(upstream, configuration);
            }
        }
    }

    private void check(DeclaredUpstream upstream, BoundConfiguration configuration) {
        ConfigurationPropertyName property = upstream.at().append("proxy-protocol");
        boolean routed = configuration.routes().stream()
                .anyMatch(route -> configuration
                        .upstream(route.value())
                        .filter(upstream::equals)
                        .isPresent());
        if (routed) {
            findings.violation(
                    property,
                    "nothing, since a route leads there",
                    "Declare another upstream for the route: backends of HTTP are not told who their clients are.");
            return;
        }
        boolean byDatagrams = configuration.listeners().stream()
                .map(Entry::value)
                .anyMatch(listener ->
                        listener.protocol() == Protocol.UDP && Objects.equals(listener.upstream(), upstream.name()));
        if (byDatagrams) {
            findings.violation(
                    property,
                    "nothing, since a udp listener leads there",
                    "Declare another upstream for the udp listener.");
        }
    }
}
