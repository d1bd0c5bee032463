package io.mooring.filters.loadbalancer;

import io.mooring.balancer.topology.Fleet;
import java.util.Optional;

/**
 * The load balancers of a fleet: one for each scope, as that is now. Safe for concurrent use.
 *
 * @param fleet whose scopes these are
 */
public record ScopeLoadBalancers(Fleet fleet) {

    /**
     * That of a route: of its own scope if it overrides its upstream's policy, else its upstream's. Empty for a route
     * the fleet does not know.
     */
    public Optional<ScopeLoadBalancer> ofRoute(String routeId) {
        return fleet.routeScope(routeId).map(ScopeLoadBalancer::of);
    }

    /** That of an upstream's own policy, or empty if there is no such upstream. */
    public Optional<ScopeLoadBalancer> ofUpstream(String name) {
        return fleet.upstreamScope(name).map(ScopeLoadBalancer::of);
    }
}
