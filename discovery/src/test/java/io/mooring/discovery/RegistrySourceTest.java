package io.mooring.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.DiscoverySpec;
import io.mooring.balancer.upstream.Backend;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class RegistrySourceTest {

    private final Scheduler calls = Schedulers.newBoundedElastic(2, 10, "calls");

    @AfterEach
    void stop() {
        calls.dispose();
    }

    @Test
    void anInstanceIsAMemberWithItsIdAddressAndWeight() {
        assertThat(answer(
                                instance("shop-2", "10.0.0.2", 8080, Map.of("weight", "70")),
                                instance("shop-1", "shop_1.internal", 80, Map.of()),
                                instance("shop-3", "[2001:db8::1]", 443, Map.of("weight", "0")))
                        .members())
                .containsExactly(
                        new Backend("shop-1", "shop_1.internal", 80, 10),
                        new Backend("shop-2", "10.0.0.2", 8080, 70),
                        new Backend("shop-3", "2001:db8::1", 443, 0));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 80, 10.0.0.1:80", "[2001:db8::1], 80, 2001:db8::1:80", "a.b, 81, a.b:81"})
    void anInstanceWithoutAnIdIsKnownByItsHostAndPort(String host, int port, String id) {
        assertThat(answer(instance(null, host, port, Map.of())).members())
                .extracting(Backend::id)
                .containsExactly(id);
        assertThat(answer(instance(" ", host, port, Map.of())).members())
                .extracting(Backend::id)
                .containsExactly(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "101", "ten", "", "1e1", "99999999999", "\n7"})
    void aWeightThatIsNoneIsComplainedOfAndIsTheDefault(String weight) {
        Answer answer = answer(instance("a", "h", 1, Map.of("weight", weight)));

        assertThat(answer.members()).extracting(Backend::weight).containsExactly(10);
        assertThat(answer.complaints())
                .containsExactly("member a: metadata weight: " + weight.replace("\n", "\\u000a")
                        + " (expected: a weight of 0-100); it has 10");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 80",
        "a b, 80",
        "a/b, 80",
        "1.2.3, 80",
        "::zz, 80",
        "fe80::1%eth0, 80",
        "-a, 80",
        "h, 0",
        "h, 65536"
    })
    void anInstanceThatIsNowhereIsLeftOut(String host, int port) {
        Answer answer = answer(instance("a", host, port, Map.of()), instance("b", "h", 1, Map.of()));

        assertThat(answer.members()).extracting(Backend::id).containsExactly("b");
        assertThat(answer.complaints())
                .containsExactly("instance a: " + host + ":" + port
                        + " (expected: a host and a port of 1-65535); it is left out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\nFORGED line", "ä", "a,b", "x\"y", "{a}", "a%0a"})
    void anIdThatTheConfigurationWouldNotTakeIsMadeFit(String given) {
        Answer answer = answer(instance(given, "h", 1, Map.of()), instance(given + "!", "h", 1, Map.of()));

        assertThat(answer.members())
                .hasSize(2)
                .allSatisfy(member -> assertThat(member.id()).matches("[A-Za-z0-9._:-]+\\.[0-9a-f]{16}"));
        assertThat(answer(instance(given, "elsewhere", 2, Map.of())).members())
                .extracting(Backend::id)
                .as("it is the same each time")
                .isSubsetOf(answer.members().stream().map(Backend::id).toList());
    }

    @Test
    void anIdIsNoLongerThanAMetricCanBear() {
        String id = answer(instance("i".repeat(10_000), "h", 1, Map.of()))
                .members()
                .get(0)
                .id();

        assertThat(id).hasSizeLessThanOrEqualTo(128).startsWith("iii");
    }

    @Test
    void ofTwoInstancesWithOneIdTheFirstCounts() {
        Answer answer = answer(instance("a", "h", 1, Map.of()), instance("a", "h", 2, Map.of()));

        assertThat(answer.members()).containsExactly(new Backend("a", "h", 1, 10));
        assertThat(answer.complaints())
                .containsExactly("member a: at h:1 and at h:2 (expected: ids that differ); the first counts");
    }

    @Test
    void aClientThatFailsMidwayHasNotAnswered() {
        RegistrySource source = source(service ->
                Flux.concat(Flux.just(instance("a", "h", 1, Map.of())), Flux.error(new IllegalStateException("gone"))));

        assertThatThrownBy(() -> source.ask().block()).hasMessage("gone");
    }

    @Test
    void aClientThatBlocksHoldsUpNobodyAndWhatItFailsOfAfterwardsIsNotReported() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch failed = new CountDownLatch(1);
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        RegistrySource source = source(service -> {
            called.countDown();
            try {
                new CountDownLatch(1).await();
                return Flux.empty();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            } finally {
                failed.countDown();
            }
        });
        Hooks.onErrorDropped(dropped::add);
        try {
            Disposable question = source.ask().subscribe();
            called.await();
            question.dispose();
            failed.await();
            calls.disposeGracefully().block();
            assertThat(dropped).isEmpty();
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    @Test
    void withoutAClientThereIsNoAnswer() {
        RegistrySource source = new RegistrySource(
                () -> {
                    throw new IllegalStateException("there is none");
                },
                registry(),
                calls);

        assertThatThrownBy(() -> source.ask().block()).hasMessage("there is none");
    }

    private Answer answer(ServiceInstance... instances) {
        return source(service -> Flux.fromArray(instances))
                .ask()
                .blockOptional()
                .orElseThrow();
    }

    private RegistrySource source(Instances instances) {
        ReactiveDiscoveryClient client = new ReactiveDiscoveryClient() {
            @Override
            public String description() {
                return "a client of the test's";
            }

            @Override
            public Flux<ServiceInstance> getInstances(String serviceId) {
                assertThat(serviceId).isEqualTo("shop");
                return instances.of(serviceId);
            }

            @Override
            public Flux<String> getServices() {
                return Flux.fromStream(Stream.of("shop"));
            }
        };
        return new RegistrySource(() -> client, registry(), calls);
    }

    private static DiscoverySpec.Source.Registry registry() {
        return new DiscoverySpec.Source.Registry("shop", Optional.of("weight"));
    }

    private static ServiceInstance instance(@Nullable String id, String host, int port, Map<String, String> metadata) {
        return new DefaultServiceInstance(id, "shop", host, port, false, metadata);
    }

    private interface Instances {
        Flux<ServiceInstance> of(String serviceId);
    }
}
