package io.mooring.filters.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRepository;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import reactor.core.publisher.Mono;

/** Requests find their routes as they do in Spring Cloud Gateway. */
class RoutesOnTheWireTest {

    private static final String LEFT_TO_SPRING = ServerWebExchangeUtils.GATEWAY_REACTOR_CONTEXT_ATTR;

    private static TestBackend one;
    private static TestBackend other;
    private static TestGateway gateway;
    private TestClient client;

    @BeforeAll
    static void start() {
        one = TestBackend.answering("one");
        other = TestBackend.answering("other");
        gateway = TestGateway.builder()
                .upstream("shop", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), one.backend())
                .upstream("other", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), other.backend())
                .foreignRoute("direct", "http://127.0.0.1:" + other.port())
                .start(OddRoutes.class);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        one.close();
        other.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = gateway.client();
        one.drain();
        other.drain();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/shop",
                "/shop/",
                "/shop//a",
                "/shop/a%20b",
                "/shop/a%2Fb",
                "/shop/%E4%BD%A0",
                "/shop/a+b;c=d;e",
                "/shop/?",
                "/shop?a=b&a=c&d",
                "/shop?a=%2F%3D%26&b=+",
                "/shop?a=b=c?d/e",
                "/shop/a:b@c!$&'()*,=~-._"
            })
    void backendSeesThePathAndQueryAsTheyWereSent(String path) throws IOException {
        assertThat(client.get(path).status()).isEqualTo(200);
        assertThat(one.drain().get(0).uri()).isEqualTo(path);

        String direct = "/direct" + path;
        assertThat(client.get(direct).status()).isEqualTo(200);
        assertThat(other.drain().get(0).uri()).isEqualTo(direct);
    }

    @Test
    void requestWithoutARouteIsNotFound() throws IOException {
        assertThat(client.get("/nowhere").status()).isEqualTo(404);
        assertThat(client.get("/shop").backend()).isEqualTo("one");
    }

    @Test
    void routeIsFoundAtOnceUnlessAPredicateHasToBeWaitedFor() throws IOException {
        gateway.ended().clear();
        client.get("/shop");
        assertThat(gateway.nextEnded().getAttributes()).doesNotContainKey(LEFT_TO_SPRING);

        client.get("/odd", "X-Slow: yes");
        assertThat(gateway.nextEnded().getAttributes()).containsKey(LEFT_TO_SPRING);
    }

    @Test
    void predicateThatAnswersLaterIsWaitedFor() throws IOException {
        assertThat(client.get("/odd", "X-Slow: yes").backend()).isEqualTo("other");
        assertThat(client.get("/odd").backend()).isEqualTo("one");
    }

    @Test
    void predicateThatFailsDoesNotHold() throws IOException {
        assertThat(client.get("/odd", "X-Failing: yes").backend()).isEqualTo("one");
    }

    @Test
    void bodyThatAPredicateReadArrives() throws IOException {
        Response response = client.post("/odd", "open sesame", "Content-Type: text/plain");

        assertThat(response.backend()).isEqualTo("other");
        assertThat(one.drain()).isEmpty();
    }

    @Test
    void routeThatIsAddedIsFoundAndOneThatIsRemovedIsNot() throws IOException {
        RouteDefinition added = new RouteDefinition();
        added.setId("added");
        added.setUri(URI.create("lb://other"));
        added.setPredicates(List.of(new PredicateDefinition("Path=/added")));
        RouteDefinitionRepository repository = gateway.bean(RouteDefinitionRepository.class);
        assertThat(client.get("/added").status()).isEqualTo(404);

        repository.save(Mono.just(added)).block(Duration.ofSeconds(5));
        refresh();
        Await.until("the route is found", () -> status("/added") == 200);

        repository.delete(Mono.just("added")).block(Duration.ofSeconds(5));
        refresh();
        Await.until("the route is gone", () -> status("/added") == 404);
    }

    private int status(String path) {
        try {
            return client.get(path).status();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void refresh() {
        gateway.publish(new RefreshRoutesEvent(gateway));
    }

    @Configuration(proxyBeanMethods = false)
    static class OddRoutes {

        @Bean
        @Order(1)
        RouteLocator oddRoutes(RouteLocatorBuilder routes) {
            return routes.routes()
                    .route(
                            "failing",
                            route -> route.path("/odd")
                                    .and()
                                    .header("X-Failing")
                                    .and()
                                    .predicate(exchange -> {
                                        throw new IllegalStateException("broken on purpose");
                                    })
                                    .uri("lb://other"))
                    .route(
                            "slow",
                            route -> route.path("/odd")
                                    .and()
                                    .asyncPredicate(exchange -> Mono.delay(Duration.ofMillis(10))
                                            .map(passed -> exchange.getRequest()
                                                    .getHeaders()
                                                    .containsHeader("X-Slow")))
                                    .uri("lb://other"))
                    .route(
                            "body",
                            route -> route.path("/odd")
                                    .and()
                                    .method("POST")
                                    .and()
                                    .readBody(String.class, body -> body.contains("sesame"))
                                    .uri("lb://other"))
                    .route("odd", route -> route.path("/odd").uri("lb://shop"))
                    .build();
        }
    }
}
