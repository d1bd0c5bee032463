/**
 * A request on its way to the backend, and the response on its way back. It stands in for the routing filters of Spring
 * Cloud Gateway, with the same orders, exchange attributes and header filters, at a fraction of their cost.
 *
 * <p>Starting points: {@link io.mooring.filters.forward.RequestForwarder} sends the request and receives the head of
 * the response; {@link io.mooring.filters.forward.ResponseRelay} writes the response to the client when the filters
 * of the route have seen that head.
 */
@NullMarked
package io.mooring.filters.forward;

import org.jspecify.annotations.NullMarked;
