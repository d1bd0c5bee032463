/**
 * The scopes of the fleet as load balancers of Spring Cloud.
 *
 * <p>Starting points: {@link io.mooring.filters.loadbalancer.ScopeLoadBalancers} has the load balancer of each route
 * and upstream; each is one of the three kinds of {@link io.mooring.filters.loadbalancer.ScopeLoadBalancer}.
 */
@NullMarked
package io.mooring.filters.loadbalancer;

import org.jspecify.annotations.NullMarked;
