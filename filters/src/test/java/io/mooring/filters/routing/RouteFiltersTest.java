package io.mooring.filters.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RouteFiltersTest {

    private final List<String> calls = new ArrayList<>();
    private final ServerWebExchange exchange =
            MockServerWebExchange.from(MockServerHttpRequest.get("/").build());

    @Test
    void filtersRunInTheirOrderTheRoutesAmongThem() {
        RouteFilters filters = filters(new Direct("first", 0), new Direct("last", 10));

        run(filters, route(named("own", 5))).verifyComplete();

        assertThat(calls).containsExactly("first", "own", "last");
    }

    @Test
    void filterThatRetriesRetriesAllThatFollow() {
        GatewayFilter again = (exchange, chain) -> chain.filter(exchange).then(chain.filter(exchange));
        RouteFilters filters = filters(new Direct("before", 0), new Direct("after", 10), new Direct("last", 11));

        run(filters, route(new OrderedGatewayFilter(again, 5))).verifyComplete();

        assertThat(calls).containsExactly("before", "after", "last", "after", "last");
    }

    @Test
    void resubscribingCallsTheFiltersAgain() {
        GatewayFilter again =
                (exchange, chain) -> chain.filter(exchange).repeat(2).then();
        RouteFilters filters = filters(new Direct("after", 10), new Direct("last", 11));

        run(filters, route(new OrderedGatewayFilter(again, 5))).verifyComplete();

        assertThat(calls).containsExactly("after", "last", "after", "last", "after", "last");
    }

    @Test
    void filterThatThrowsFailsTheExchangeForThoseBefore() {
        GatewayFilter throwing = (exchange, chain) -> {
            throw new IllegalStateException("broken on purpose");
        };
        RouteFilters filters = filters(new Rescuing(), new Direct("before", 1));

        run(filters, route(new OrderedGatewayFilter(throwing, 5))).verifyComplete();

        assertThat(calls).containsExactly("before", "rescued: broken on purpose");
    }

    @Test
    void routeThatIsReplacedRunsItsNewFilters() {
        RouteFilters filters = filters();
        run(filters, route(named("old", 5))).verifyComplete();

        run(filters, route(named("new", 5))).verifyComplete();
        filters.onApplicationEvent(new RefreshRoutesEvent(this));
        run(filters, route(named("newest", 5))).verifyComplete();

        assertThat(calls).containsExactly("old", "new", "newest");
    }

    private static RouteFilters filters(GlobalFilter... global) {
        return new RouteFilters(List.of(global), Set.of(Direct.class, Rescuing.class));
    }

    private StepVerifier.FirstStep<Void> run(RouteFilters filters, Route route) {
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route);
        return StepVerifier.create(filters.handle(exchange));
    }

    private GatewayFilter named(String name, int order) {
        return new OrderedGatewayFilter(new Direct(name, order)::filter, order);
    }

    private static Route route(GatewayFilter... filters) {
        return Route.async()
                .id("route")
                .uri(URI.create("lb://shop"))
                .predicate(exchange -> true)
                .filters(filters)
                .build();
    }

    private final class Direct implements GlobalFilter, Ordered {
        private final String name;
        private final int order;

        Direct(String name, int order) {
            this.name = name;
            this.order = order;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            calls.add(name);
            return chain.filter(exchange);
        }

        @Override
        public int getOrder() {
            return order;
        }
    }

    private final class Rescuing implements GlobalFilter, Ordered {
        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            return chain.filter(exchange)
                    .onErrorResume(error -> Mono.fromRunnable(() -> calls.add("rescued: " + error.getMessage())));
        }

        @Override
        public int getOrder() {
            return 0;
        }
    }
}
