package io.mooring.filters.routing;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Finds the route of a request as {@link RoutePredicateHandlerMapping} does: the first whose predicate holds. Only
 * those are asked that the path leaves {@linkplain RouteIndex in question}. It can do so at once, as long as
 * predicates answer at once, which all but those that read the body do; the rest is left to Spring Cloud Gateway.
 *
 * <p>Safe for concurrent use.
 */
public final class RouteMapping extends RoutePredicateHandlerMapping
        implements ApplicationListener<RefreshRoutesResultEvent> {

    private static final String SEARCHED_IN_VAIN = RouteMapping.class.getName() + ".searchedInVain";

    private static final int NO_PORT = -1;

    private final FilteringWebHandler handler;
    private final RouteLocator locator;
    private final int managementPort;
    private final boolean basePath;
    private volatile @Nullable RouteIndex routes;

    /** A mapping to what runs the filters of a route. */
    public RouteMapping(
            FilteringWebHandler handler, RouteLocator locator, GlobalCorsProperties cors, Environment environment) {
        super(handler, locator, cors, environment);
        this.handler = handler;
        this.locator = locator;
        this.managementPort = environment.getProperty("management.server.port", Integer.class, NO_PORT);
        this.basePath = StringUtils.hasText(environment.getProperty("spring.webflux.base-path"));
    }

    @Override
    public void onApplicationEvent(RefreshRoutesResultEvent event) {
        locator.getRoutes().collectList().subscribe(all -> routes = new RouteIndex(all, basePath));
    }

    /**
     * Has the request handled by its route.
     *
     * @return the end of the exchange, or null if it is for the {@code DispatcherHandler}: no route was found, or
     *     it was not found at once, or there is more to the request than its route
     */
    @Nullable
    Mono<Void> handle(ServerWebExchange exchange) {
        RouteIndex known = routes;
        if (known == null
                || getApiVersionStrategy() != null
                || hasCorsConfigurationSource(handler)
                || exchange.getRequest().getMethod().equals(HttpMethod.OPTIONS)
                || isForManagement(exchange)) {
            return null;
        }
        for (int position : known.candidates(path(exchange))) {
            Route route = known.route(position);
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR, route.getId());
            Answer answer = ask(route, exchange);
            if (!answer.came) {
                return null;
            }
            if (answer.holds) {
                exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
                exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_HANDLER_MAPPER_ATTR, getSimpleName());
                exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route);
                return handler.handle(exchange);
            }
        }
        exchange.getAttributes().put(SEARCHED_IN_VAIN, true);
        return null;
    }

    @Override
    protected Mono<Route> lookupRoute(ServerWebExchange exchange) {
        return exchange.getAttribute(SEARCHED_IN_VAIN) == null ? super.lookupRoute(exchange) : Mono.empty();
    }

    /** As the path predicates read it; they find it where it is put here. */
    private static PathContainer path(ServerWebExchange exchange) {
        PathContainer path =
                PathContainer.parsePath(exchange.getRequest().getURI().getRawPath());
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_PREDICATE_PATH_CONTAINER_ATTR, path);
        return path;
    }

    private Answer ask(Route route, ServerWebExchange exchange) {
        Answer answer = new Answer();
        try {
            route.getPredicate().apply(exchange).subscribe(answer);
        } catch (RuntimeException e) {
            answer.onError(e);
        }
        if (answer.error != null) {
            logger.error("Error applying predicate for route: " + route.getId(), answer.error);
        }
        return answer;
    }

    private boolean isForManagement(ServerWebExchange exchange) {
        InetSocketAddress local =
                managementPort == NO_PORT ? null : exchange.getRequest().getLocalAddress();
        return local != null && local.getPort() == managementPort;
    }

    /** Of a predicate that answers at once; one that does not is told to stop. */
    private static final class Answer implements CoreSubscriber<Boolean> {
        private boolean came;
        private boolean holds;
        private @Nullable Throwable error;

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
            if (!came) {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(Boolean answer) {
            came = true;
            holds = answer;
        }

        @Override
        public void onError(Throwable thrown) {
            came = true;
            error = thrown;
        }

        @Override
        public void onComplete() {
            came = true;
        }
    }
}
