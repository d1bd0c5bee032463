package io.mooring.filters;

import io.mooring.filters.backend.BackendConnections;
import io.mooring.filters.backend.BackendFailure;
import java.time.Duration;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * Makes a {@link BackendFailure} of whatever the filters that talk to a backend failed with, on every route; and when the
 * head of a response has come, sees to it that the body does not stay out for longer than the head might have.
 */
final class BackendFailureFilter implements GlobalFilter, Ordered {

    private final ResponseTimeouts timeouts;

    BackendFailureFilter(ResponseTimeouts timeouts) {
        this.timeouts = timeouts;
    }

    @Override
    public int getOrder() {
        return FilterOrder.BACKEND_FAILURE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return chain.filter(exchange).doOnSuccess(head -> watchBody(exchange)).onErrorMap(BackendFailure::of);
    }

    private void watchBody(ServerWebExchange exchange) {
        Connection connection = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
        Duration limit = timeouts.of(exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR));
        if (connection != null && limit != null) {
            BackendConnections.limitSilence(connection, limit);
        }
    }
}
