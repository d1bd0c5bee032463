package io.mooring.balancer.topology;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.upstream.Upstream;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The upstreams and scopes of a fleet at one time. Immutable, but for what it holds.
 *
 * @param scopes all there are
 * @param listenerScopes by listener, and then by upstream, each listener's default first
 */
record FleetState(
        Topology topology,
        Map<String, Upstream> upstreams,
        Map<String, Scope> upstreamScopes,
        Map<String, Scope> routeScopes,
        Map<String, Map<String, Scope>> listenerScopes,
        List<Scope> scopes) {

    static final FleetState NONE = new FleetState(
            new Topology(List.of(), List.of(), List.of()), Map.of(), Map.of(), Map.of(), Map.of(), List.of());

    Map<String, Scope> listenerScopes(String listener) {
        return Collections.unmodifiableMap(listenerScopes.getOrDefault(listener, Map.of()));
    }

    List<Scope> scopesNotIn(FleetState other) {
        return scopes.stream().filter(scope -> !other.scopes.contains(scope)).toList();
    }
}
