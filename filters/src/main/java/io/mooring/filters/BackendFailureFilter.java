package io.mooring.filters;

import io.mooring.filters.backend.BackendFailure;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Makes a {@link BackendFailure} of whatever the filters that talk to a backend failed with, on every route. */
final class BackendFailureFilter implements GlobalFilter, Ordered {

    @Override
    public int getOrder() {
        return FilterOrder.BACKEND_FAILURE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return chain.filter(exchange).onErrorMap(BackendFailure::of);
    }
}
