package io.mooring.filters;

import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.filter.WebsocketRoutingFilter;
import org.springframework.core.Ordered;

/**
 * The places of our filters in the chain, from the client to the backend. A filter wraps those after it: it sees the
 * request before them, and the response or the error after them.
 *
 * <p>The filters of a route have the orders 1, 2, 3 and so on unless they choose otherwise, so they run between
 * {@link #FAILURE_RESPONSE} and {@link #BACKEND}: they never see a session cookie, and a request that one of them
 * answers is not balanced.
 */
public enum FilterOrder {
    /** Parts the session cookies from the request, and ends the use of the backend when the exchange is over. */
    SESSION(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 20),
    /** Turns a failure of the backend into a response, or cuts the one that has begun; wraps what writes it. */
    FAILURE_RESPONSE(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 10),
    /**
     * Asks the load balancer, and the next candidate when a backend cannot be reached. Leaves the stock load balancer
     * nothing to do.
     */
    BACKEND(ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER - 10),
    /**
     * Names what the filters that talk to the backend failed with. {@link WebsocketRoutingFilter} is the first of
     * them.
     */
    BACKEND_FAILURE(Ordered.LOWEST_PRECEDENCE - 10);

    private final int order;

    FilterOrder(int order) {
        this.order = order;
    }

    /** The number, as {@link Ordered} has it. */
    public int order() {
        return order;
    }
}
