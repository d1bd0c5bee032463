/**
 * HTTP on Spring Cloud Gateway: what a request goes through between the client and its backend.
 *
 * <p>Starting points: {@link io.mooring.filters.MooringFiltersConfiguration} contributes everything and needs a
 * {@link io.mooring.balancer.topology.Fleet}; {@link io.mooring.filters.FilterOrder} tells what happens in which order;
 * {@link io.mooring.filters.ExchangeDecision} tells, during and after an exchange, what was decided for it.
 */
@NullMarked
package io.mooring.filters;

import org.jspecify.annotations.NullMarked;
