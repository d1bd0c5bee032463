package io.mooring.filters.routing;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Takes a request to its route, past the {@code DispatcherHandler} and the handler mappings that a gateway has no use
 * for; it is the last of the web filters. So a route goes before any controller that an application might add.
 *
 * <p>While exchanges are observed it does nothing: then Spring Cloud Gateway has to be told the observation that an
 * exchange is part of.
 */
public final class RouteDispatcher implements WebFilter, Ordered {

    private final RouteMapping mapping;
    private final ObservationRegistry observations;

    /** A dispatcher to the routes of this mapping. */
    public RouteDispatcher(RouteMapping mapping, ObservationRegistry observations) {
        this.mapping = mapping;
        this.observations = observations;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Mono<Void> handled = observations.isNoop() ? mapping.handle(exchange) : null;
        return handled == null ? chain.filter(exchange) : handled;
    }
}
