package io.mooring.filters.loadbalancer;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Scope;

/**
 * Gives each client the backend that its address hashes to.
 *
 * @param scope where the decisions are made; its policy balances so
 */
public record IpHashLoadBalancer(Scope scope) implements ScopeLoadBalancer {

    public IpHashLoadBalancer {
        ScopeLoadBalancer.require(scope, Balancing.IP_HASH);
    }
}
