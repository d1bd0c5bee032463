/**
 * Which route a request takes, and its way through the filters of that route: what Spring Cloud Gateway does with each
 * request before the first filter and between them, for less.
 *
 * <p>Starting points: {@link io.mooring.filters.routing.RouteDispatcher} is where a request enters; {@link
 * io.mooring.filters.routing.RouteFilters} runs the filters.
 */
@NullMarked
package io.mooring.filters.routing;

import org.jspecify.annotations.NullMarked;
