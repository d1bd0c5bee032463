package io.mooring.filters.routing;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.DecoratingProxy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * Runs the filters of a route. The chain of each route is linked once, and kept until the routes change.
 *
 * <p>A filter is called when its predecessor's result is subscribed to, and again each time that is, so that one
 * which retries, retries all that follow. Where it is known that the predecessor passes each exchange on once, as it
 * is called itself, that comes to the same as calling it right away, and is what is done.
 *
 * <p>Safe for concurrent use.
 */
public final class RouteFilters extends FilteringWebHandler {

    private final Set<Class<?>> passingOn;
    private final Map<String, Chain> chains = new ConcurrentHashMap<>();

    /**
     * A handler that runs these and those of the route.
     *
     * @param passingOn the filters that pass each exchange on at once and at most once
     */
    public RouteFilters(List<GlobalFilter> globalFilters, Set<Class<?>> passingOn) {
        super(globalFilters, false);
        this.passingOn = Set.copyOf(passingOn);
    }

    @Override
    public void onApplicationEvent(RefreshRoutesEvent event) {
        chains.clear();
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return chain(exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR))
                .filter(exchange);
    }

    /** A route that has been replaced since may still have an exchange; its chain is made anew. */
    @SuppressWarnings("ReferenceEquality") // equal routes may have other filters
    private GatewayFilterChain chain(Route route) {
        Chain known = chains.get(route.getId());
        if (known == null || known.route != route) {
            known = new Chain(route, link(getAllFilters(route)));
            chains.put(route.getId(), known);
        }
        return known.first;
    }

    private GatewayFilterChain link(List<GatewayFilter> filters) {
        GatewayFilterChain next = exchange -> Mono.empty();
        for (int i = filters.size() - 1; i >= 0; i--) {
            boolean direct = i == 0 || passingOn.contains(typeOf(filters.get(i - 1)));
            next = direct ? new Direct(filters.get(i), next) : new Deferred(filters.get(i), next);
        }
        return next;
    }

    private static Class<?> typeOf(GatewayFilter filter) {
        GatewayFilter inner = filter instanceof OrderedGatewayFilter ordered ? ordered.getDelegate() : filter;
        return inner instanceof DecoratingProxy adapter ? adapter.getDecoratedClass() : inner.getClass();
    }

    private record Chain(Route route, GatewayFilterChain first) {}

    /** Calls the filter. */
    private record Direct(GatewayFilter filter, GatewayFilterChain next) implements GatewayFilterChain {
        @Override
        public Mono<Void> filter(ServerWebExchange exchange) {
            try {
                return filter.filter(exchange, next);
            } catch (RuntimeException e) {
                Exceptions.throwIfFatal(e);
                return Mono.error(e);
            }
        }
    }

    /** Calls the filter when, and as often as, its result is subscribed to. */
    private record Deferred(GatewayFilter filter, GatewayFilterChain next) implements GatewayFilterChain {
        @Override
        public Mono<Void> filter(ServerWebExchange exchange) {
            return Mono.defer(() -> filter.filter(exchange, next));
        }
    }
}
