package io.mooring.filters.loadbalancer;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Scope;

/**
 * Gives each backend new clients in proportion to its weight, evenly interleaved.
 *
 * @param scope where the decisions are made; its policy balances so
 */
public record WeightedRoundRobinLoadBalancer(Scope scope) implements ScopeLoadBalancer {

    public WeightedRoundRobinLoadBalancer {
        ScopeLoadBalancer.require(scope, Balancing.WEIGHTED_ROUND_ROBIN);
    }
}
