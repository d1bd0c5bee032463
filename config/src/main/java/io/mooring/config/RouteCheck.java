package io.mooring.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges what the gateway's routes say of upstreams and policies. */
final class RouteCheck {

    private final Findings findings;
    private final PolicyCheck policies;
    private final BoundConfiguration configuration;

    RouteCheck(Findings findings, PolicyCheck policies, BoundConfiguration configuration) {
        this.findings = findings;
        this.policies = policies;
        this.configuration = configuration;
    }

    void check() {
        Set<String> ids = new HashSet<>();
        for (Entry<RouteProperties> route : configuration.routes()) {
            checkId(route, ids);
            checkUri(route);
            if (route.value().declaresPolicy()) {
                policies.check(configuration.routePolicy(route));
            }
        }
    }

    private void checkId(Entry<RouteProperties> route, Set<String> ids) {
        ConfigurationPropertyName property = route.at().append("id");
        String id = route.value().id();
        if (id == null || id.isBlank()) {
            if (route.value().declaresPolicy()) {
                findings.violation(
                        property,
                        "an id, since the route has a policy of its own",
                        "Give the route an id: its sessions belong to it.");
            }
        } else if (!ids.add(id)) {
            findings.violation(property, "an id that no other route has", "Give one of the routes another id.");
        }
    }

    private void checkUri(Entry<RouteProperties> route) {
        ConfigurationPropertyName property = route.at().append("uri");
        String uri = route.value().uri();
        Optional<String> name = Optional.ofNullable(uri).flatMap(LoadBalancedUri::name);
        if (configuration.upstream(route.value()).isPresent()) {
            return;
        }
        if (route.value().declaresPolicy()) {
            findings.violation(
                    property,
                    "lb:// and " + configuration.upstreamNames() + ", since the route has a policy of its own",
                    "Lead the route to an upstream of ours, or remove balancing and persistence from its metadata.");
        } else if (name.isEmpty() && LoadBalancedUri.isLoadBalanced(uri)) {
            findings.violation(
                    property,
                    "lb:// in lower case and a name of letters, digits, \"-\" and \".\"",
                    "Write the name of an upstream as it is declared.");
        } else {
            name.flatMap(this::similarUpstream)
                    .ifPresent(similar ->
                            findings.warning(property, "not an upstream of ours; is " + similar + " meant?"));
        }
    }

    private Optional<String> similarUpstream(String name) {
        List<String> names =
                configuration.upstreams().stream().map(DeclaredUpstream::name).toList();
        return SimilarName.to(name, names);
    }
}
