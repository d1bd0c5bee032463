package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.filters.loadbalancer.BackendInstance;
import io.mooring.filters.loadbalancer.DecisionRequest;
import io.mooring.filters.loadbalancer.IpHashLoadBalancer;
import io.mooring.filters.loadbalancer.ScopeLoadBalancer;
import io.mooring.filters.loadbalancer.ScopeLoadBalancers;
import io.mooring.filters.loadbalancer.WeightedLeastConnectionsLoadBalancer;
import io.mooring.filters.loadbalancer.WeightedRoundRobinLoadBalancer;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestGateway;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** The fleet as Spring Cloud LoadBalancer sees it. */
class ClientNamesTest {

    private static TestBackend one;
    private static TestBackend two;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        one = TestBackend.answering("one");
        two = TestBackend.answering("two");
        String instances = "spring.cloud.discovery.client.simple.instances.elsewhere";
        gateway = TestGateway.builder()
                .upstream("shop", TestGateway.sticky("shop-session"), one.backend(), two.backend())
                .route("own", "shop", TestGateway.plain(Balancing.WEIGHTED_LEAST_CONNECTIONS))
                .upstream("least", TestGateway.plain(Balancing.WEIGHTED_LEAST_CONNECTIONS), one.backend())
                .upstream("hash", TestGateway.plain(Balancing.IP_HASH), one.backend(), two.backend())
                .foreignRoute("unknown-to-the-fleet", "lb://shop")
                .foreignRoute("elsewhere", "lb://elsewhere")
                .property(instances + "[0].uri", "http://127.0.0.1:" + one.port())
                .property(instances + "[1].uri", "http://127.0.0.1:" + two.port())
                .property("spring.cloud.loadbalancer.eager-load.clients", "elsewhere")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        one.close();
        two.close();
    }

    static Stream<Arguments> balancers() {
        return Stream.of(
                Arguments.of("shop", WeightedRoundRobinLoadBalancer.class),
                Arguments.of("least", WeightedLeastConnectionsLoadBalancer.class),
                Arguments.of("hash", IpHashLoadBalancer.class),
                Arguments.of("elsewhere", RoundRobinLoadBalancer.class));
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void nameOfAnUpstreamHasItsLoadBalancerAndOthersHaveSpringClouds(String name, Class<?> type) {
        ReactiveLoadBalancer<ServiceInstance> found =
                gateway.bean(LoadBalancerClientFactory.class).getInstance(name);

        assertThat(found).isInstanceOf(type);
        if (found instanceof ScopeLoadBalancer ours) {
            assertThat(ours.scope()).isSameAs(gateway.scope(name));
        }
    }

    @Test
    void routeThatOverridesThePolicyHasALoadBalancerOfItsOwn() {
        ScopeLoadBalancers all = gateway.bean(ScopeLoadBalancers.class);

        assertThat(all.ofRoute("own")).containsInstanceOf(WeightedLeastConnectionsLoadBalancer.class);
        assertThat(all.ofRoute("shop")).isEqualTo(all.ofUpstream("shop")).isPresent();
        assertThat(all.ofRoute("elsewhere")).isEmpty();
        assertThat(all.ofUpstream("elsewhere")).isEmpty();
    }

    @Test
    void otherNamesKeepWorkingThroughSpringCloud() throws Exception {
        one.drain();
        Set<String> backends = new HashSet<>();
        try (TestClient client = gateway.client()) {
            for (int i = 0; i < 4; i++) {
                TestClient.Response response = client.get("/elsewhere", "Cookie: shop-session=x");
                backends.add(response.backend());
                assertThat(response.all("Set-Cookie")).isEmpty();
            }
        }
        assertThat(backends).containsExactlyInAnyOrder("one", "two");
        assertThat(one.drain())
                .allSatisfy(seen -> assertThat(seen.all("Cookie")).containsExactly("shop-session=x"));
    }

    @Test
    void routeThatTheFleetWasNotToldOfIsUnderThePolicyOfItsUpstream() throws Exception {
        try (TestClient client = gateway.client()) {
            TestClient.Response first = client.get("/unknown-to-the-fleet");
            String session = first.cookie("shop-session").orElseThrow();
            assertThat(client.get("/shop", "Cookie: " + session).backend()).isEqualTo(first.backend());
        }
    }

    @Test
    void whoeverKnowsTheDecisionOwnsIt() throws Exception {
        ScopeLoadBalancer least =
                gateway.bean(ScopeLoadBalancers.class).ofUpstream("least").orElseThrow();

        Response<ServiceInstance> response = least.choose(
                        new DecisionRequest(InetAddress.getLoopbackAddress(), List.of()))
                .block();

        assertThat(response).isNotNull();
        assertThat(response.getServer()).isInstanceOfSatisfying(BackendInstance.class, instance -> {
            assertThat(instance.getServiceId()).isEqualTo("least");
            assertThat(instance.getInstanceId()).isEqualTo("one");
            assertThat(instance.getUri()).isEqualTo(URI.create("http://127.0.0.1:" + one.port()));
            Decision decision = instance.decision();
            assertThat(decision.outcome()).isEqualTo(Outcome.OFF);
            assertThat(gateway.active("least", "one")).isEqualTo(1);
            decision.close();
        });
        assertThat(gateway.active("least", "one")).isZero();
    }

    @Test
    void strangerLeavesNothingActive() {
        WebClient stranger = WebClient.builder()
                .filter(new ReactorLoadBalancerExchangeFilterFunction(
                        gateway.bean(LoadBalancerClientFactory.class), List.of()))
                .build();
        for (int i = 0; i < 4; i++) {
            Mono<String> body = stranger.get().uri("http://least/").retrieve().bodyToMono(String.class);
            assertThat(body.block(Duration.ofSeconds(10))).isEqualTo("one");
            body.subscribe().dispose();
        }
        assertThat(gateway.active("least", "one")).isZero();
    }

    @Test
    void withoutABackendThereIsNoInstance() {
        gateway.upstream("least").setState("one", BackendState.MAINTENANCE);
        try {
            Response<ServiceInstance> response = gateway.bean(ScopeLoadBalancers.class)
                    .ofUpstream("least")
                    .orElseThrow()
                    .choose()
                    .block();
            assertThat(response).isNotNull();
            assertThat(response.hasServer()).isFalse();
            assertThat(response.getServer()).isNull();
        } finally {
            gateway.upstream("least").setState("one", BackendState.READY);
        }
    }
}
