package io.mooring.filters.loadbalancer;

import io.mooring.balancer.session.Scope;

/**
 * Gives the next request to the backend with the fewest active ones per unit of weight.
 *
 * @param scope where the decisions are made; its policy balanced so when this was made
 */
public record WeightedLeastConnectionsLoadBalancer(Scope scope) implements ScopeLoadBalancer {}
