package io.mooring.config;

/** Warns of what is declared and not used. */
final class UsageCheck {

    private final Findings findings;

    UsageCheck(Findings findings) {
        this.findings = findings;
    }

    void check(BoundConfiguration configuration) {
        for (DeclaredUpstream upstream : configuration.upstreams()) {
            boolean routed = configuration.routes().stream()
                    .anyMatch(route -> configuration
                            .upstream(route.value())
                            .filter(upstream::equals)
                            .isPresent());
            boolean listened = configuration.listeners().stream()
                    .anyMatch(listener -> listener.value().upstreams().contains(upstream.name()));
            if (!routed && !listened) {
                findings.warning(upstream.at(), "no route and no listener leads there");
            }
        }
    }
}
