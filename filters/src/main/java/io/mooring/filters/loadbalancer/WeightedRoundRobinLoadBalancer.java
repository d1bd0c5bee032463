package io.mooring.filters.loadbalancer;

import io.mooring.balancer.session.Scope;

/**
 * Gives each backend new clients in proportion to its weight, evenly interleaved.
 *
 * @param scope where the decisions are made; its policy balanced so when this was made
 */
public record WeightedRoundRobinLoadBalancer(Scope scope) implements ScopeLoadBalancer {}
