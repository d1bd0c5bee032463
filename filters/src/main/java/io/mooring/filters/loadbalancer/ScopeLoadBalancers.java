package io.mooring.filters.loadbalancer;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.Fleet;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The load balancers of a fleet: one for each scope. Immutable; a look-up is two reads of hash tables.
 */
public final class ScopeLoadBalancers {

    private final Fleet fleet;
    private final Map<Scope, ScopeLoadBalancer> byScope;

    /** The load balancers of the fleet's scopes, which stay the fleet's own. */
    public ScopeLoadBalancers(Fleet fleet) {
        this.fleet = fleet;
        this.byScope = fleet.scopes().stream()
                .collect(Collectors.toUnmodifiableMap(Function.identity(), ScopeLoadBalancer::of));
    }

    /** All of them. */
    public Collection<ScopeLoadBalancer> all() {
        return byScope.values();
    }

    /**
     * That of a route: of its own scope if it overrides its upstream's policy, else its upstream's. Empty for a route
     * the fleet does not know.
     */
    public Optional<ScopeLoadBalancer> ofRoute(String routeId) {
        return fleet.routeScope(routeId).map(byScope::get);
    }

    /** That of an upstream's own policy, or empty if there is no such upstream. */
    public Optional<ScopeLoadBalancer> ofUpstream(String name) {
        return fleet.upstreamScope(name).map(byScope::get);
    }
}
