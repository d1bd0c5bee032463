package io.mooring.filters.loadbalancer;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Scope;

/**
 * Gives the next request to the backend with the fewest active ones per unit of weight.
 *
 * @param scope where the decisions are made; its policy balances so
 */
public record WeightedLeastConnectionsLoadBalancer(Scope scope) implements ScopeLoadBalancer {

    public WeightedLeastConnectionsLoadBalancer {
        ScopeLoadBalancer.require(scope, Balancing.WEIGHTED_LEAST_CONNECTIONS);
    }
}
