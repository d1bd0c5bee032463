package io.mooring.config;

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
        if (configuration.routeTo(upstream).isPresent()) {
            findings.misplaced(
                    property,
                    "a route leads there",
                    "Declare another upstream for the route: backends of HTTP are not told who their clients are.");
        } else if (configuration.datagramsTo(upstream).isPresent()) {
            findings.misplaced(
                    property, "a udp listener leads there", "Declare another upstream for the udp listener.");
        }
    }
}
