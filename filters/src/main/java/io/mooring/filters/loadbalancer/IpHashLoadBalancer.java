package io.mooring.filters.loadbalancer;

import io.mooring.balancer.session.Scope;

/**
 * Gives each client the backend that its address hashes to.
 *
 * @param scope where the decisions are made; its policy balanced so when this was made
 */
public record IpHashLoadBalancer(Scope scope) implements ScopeLoadBalancer {}
