package io.mooring.filters.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

class RouteIndexTest {

    private static final PathRoutePredicateFactory PATHS = new PathRoutePredicateFactory(new WebFluxProperties());

    static Stream<Arguments> patterns() {
        return Stream.of(
                Arguments.of("/shop/**", "/shop/a", true),
                Arguments.of("/shop/**", "/shop", true),
                Arguments.of("/shop/**", "/shop/", true),
                Arguments.of("/shop/**", "/SHOP/a", false),
                Arguments.of("/shop/**", "/shopping", false),
                Arguments.of("/shop/**", "/", false),
                Arguments.of("/shop/**", "//shop", false),
                Arguments.of("/shop/**", "/sh%6Fp/a", true),
                Arguments.of("/shop/**", "/shop;v=1/a", true),
                Arguments.of("shop/**", "/shop/a", true),
                Arguments.of("/a/b/c", "/a/b/c", true),
                Arguments.of("/a/b/c", "/a/b", false),
                Arguments.of("/a/{id}/c", "/a/1/d", true),
                Arguments.of("/a*/b", "/x/b", true),
                Arguments.of("/{any}/b", "/x/y", true),
                Arguments.of("/**", "/x", true),
                Arguments.of("/", "/x", true));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("patterns")
    void pathIsACandidateIfItBeginsAsThePatternDoes(String pattern, String path, boolean candidate) {
        RouteIndex index = new RouteIndex(List.of(route(path(pattern))), false);

        assertThat(index.candidates(PathContainer.parsePath(path))).hasSize(candidate ? 1 : 0);
    }

    @Test
    void routeWithoutANecessaryPathIsACandidateForAll() {
        List<Route> routes = List.of(
                route(path("/a").or(path("/b"))),
                route(path("/a").negate()),
                route(AsyncPredicate.from(exchange -> true)),
                route(path("/a").and(AsyncPredicate.from(exchange -> true))),
                route(exchange -> Mono.just(true)));

        assertThat(new RouteIndex(routes, false).candidates(PathContainer.parsePath("/c")))
                .containsExactly(0, 1, 2, 4);
        assertThat(new RouteIndex(routes, true).candidates(PathContainer.parsePath("/c")))
                .as("with a base path")
                .containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void theFirstRouteThatHoldsIsAlwaysAmongTheCandidatesInOrder() {
        SplittableRandom random = new SplittableRandom(42);
        for (int round = 0; round < 25; round++) {
            List<Route> routes = IntStream.range(0, 20)
                    .mapToObj(i -> route(path(pattern(random), pattern(random))))
                    .toList();
            RouteIndex index = new RouteIndex(routes, false);
            for (int i = 0; i < 20; i++) {
                String path = "/" + String.join("/", segments(random, List.of("a", "b", "c", "%61", "")));
                List<Integer> holding = new ArrayList<>();
                for (int position = 0; position < routes.size(); position++) {
                    if (holds(routes.get(position), path)) {
                        holding.add(position);
                    }
                }
                int[] candidates = index.candidates(PathContainer.parsePath(path));

                assertThat(candidates).as(path).isSorted().doesNotHaveDuplicates();
                assertThat(Arrays.stream(candidates).boxed().filter(position -> holds(routes.get(position), path)))
                        .as(path)
                        .containsExactlyElementsOf(holding);
            }
        }
    }

    @Test
    void oneOfManyRoutesIsFoundWithoutAskingTheOthers() {
        List<Route> routes = IntStream.range(0, 10_000)
                .mapToObj(i -> route(path("/api/route-" + i + "/**")))
                .toList();

        assertThat(new RouteIndex(routes, false).candidates(PathContainer.parsePath("/api/route-9999/x")))
                .containsExactly(9999);
    }

    private static String pattern(SplittableRandom random) {
        return "/" + String.join("/", segments(random, List.of("a", "b", "c", "*", "?", "a*")))
                + (random.nextBoolean() ? "/**" : "");
    }

    private static List<String> segments(SplittableRandom random, List<String> choice) {
        return random.ints(random.nextInt(1, 4), 0, choice.size())
                .mapToObj(choice::get)
                .toList();
    }

    private static boolean holds(Route route, String path) {
        ServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://x" + path)));
        return Boolean.TRUE.equals(
                Mono.from(route.getPredicate().apply(exchange)).block());
    }

    private static AsyncPredicate<ServerWebExchange> path(String... patterns) {
        return AsyncPredicate.from(PATHS.apply(new PathRoutePredicateFactory.Config().setPatterns(List.of(patterns))));
    }

    private static Route route(AsyncPredicate<ServerWebExchange> predicate) {
        return Route.async()
                .id("route")
                .uri(URI.create("lb://shop"))
                .asyncPredicate(predicate)
                .build();
    }
}
