package io.mooring.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.gateway.cli.Arguments;
import io.mooring.gateway.endtoend.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.AotDetector;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigRegistry;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class ReadyBeansTest {

    /** What Spring needs only to find beans, or to make them ready. */
    private static final List<String> MACHINERY = List.of(
            "org.springframework.", "configurableHintsRegistrationProcessor", "loadBalancerChildContextInitializer");

    @TempDir
    Path directory;

    @AfterEach
    void forgetTheWish() {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
    }

    @Test
    void theGatewayIsMadeOfTheSameBeansEitherWay() throws IOException {
        Set<String> evaluated = beansWhen(false);
        Set<String> ready = beansWhen(true);

        assertThat(ready).isEqualTo(evaluated).hasSizeGreaterThan(100);
    }

    @Test
    void keysSaidToBeNoConditionsChangeNoBeans() throws IOException {
        Set<String> plain = beansWhen(false);

        assertThat(beansWhen(
                        false,
                        "--server.max-http-request-header-size=16KB",
                        "--server.netty.idle-timeout=60s",
                        "--server.shutdown=immediate",
                        "--server.http2.enabled=true",
                        "--spring.application.name=edge",
                        "--spring.cloud.discovery.client.simple.instances.shop[0].uri=http://127.0.0.1:1",
                        "--spring.cloud.gateway.server.webflux.default-filters[0]=AddResponseHeader=a,b",
                        "--spring.cloud.gateway.server.webflux.httpclient.wiretap=true",
                        "--spring.cloud.gateway.server.webflux.httpclient.pool.max-idle-time=10s",
                        "--spring.cloud.gateway.server.webflux.routes[0].id=one",
                        "--spring.cloud.gateway.server.webflux.routes[0].uri=lb://shop",
                        "--spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/one/**",
                        "--spring.lifecycle.timeout-per-shutdown-phase=3s",
                        "--spring.profiles.active=blue",
                        "--management.server.address=127.0.0.1",
                        "--mooring.http.keepalive-timeout=10s"))
                .isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server.ssl.bundle",
                "spring.cloud.gateway.server.webflux.routes[0].metadata.balancing",
                "spring.ssl.bundle.pem.shop.keystore.certificate",
                "spring.lifecycle.timeoutPerShutdownPhase",
                "mooring.upstreams.shop.balancing",
                "logging.level.root"
            })
    void beansAreReadyForWhatNoConditionLooksAt(String key) {
        assertThat(ReadyBeans.obstacle(environment(Map.of(key, "x")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "management.endpoints.web.exposure.include",
                "server.forward-headers-strategy",
                "spring.autoconfigure.exclude",
                "spring.cloud.gateway.server.webflux.filter.retry.enabled",
                "spring.cloud.gateway.server.webflux.globalcors.enabled",
                "spring.main.web-application-type"
            })
    void beansAreSoughtAnewWhereAConditionMayLook(String key) {
        assertThat(ReadyBeans.obstacle(environment(Map.of(key, "true")))).hasValue(key);
    }

    @Test
    void thePageOnOperationNamesEachKeyThatIsNoCondition() throws IOException {
        String page = Files.readString(Path.of("../docs/operations.md"));

        assertThat(ReadyBeans.NO_CONDITIONS)
                .map(ConfigurationPropertyName::toString)
                .filteredOn(key -> !key.equals(AotDetector.AOT_ENABLED))
                .allSatisfy(key -> assertThat(page).contains("`" + key + "`"));
    }

    @ParameterizedTest
    @CsvSource({"true, ''", "false, server.http2.enabled"})
    void http2MayBeOnAsItIsByDefault(String value, String obstacle) {
        assertThat(ReadyBeans.obstacle(environment(Map.of("server.http2.enabled", value)))
                        .orElse(""))
                .isEqualTo(obstacle);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8080", "-1", "x"})
    void beansAreSoughtAnewWithoutAManagementPortOfItsOwn(String port) {
        assertThat(ReadyBeans.obstacle(environment(Map.of("server.port", "8080", "management.server.port", port))))
                .hasValue("management.server.port");
    }

    @Test
    void variablesOfTheShellCountAsKeys() {
        ConfigurableEnvironment environment = environment(Map.of());
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "systemEnvironment", Map.of("PATH", "/bin", "SPRING_AUTOCONFIGURE_EXCLUDE", "x")));

        assertThat(ReadyBeans.obstacle(environment)).hasValue("spring.autoconfigure.exclude");
    }

    @Test
    void aStartThatCannotUseThemGoesTheLongerWay() throws IOException {
        SpringProperties.setFlag(AotDetector.AOT_ENABLED);

        try (ConfigurableApplicationContext gateway = start("--server.forward-headers-strategy=framework")) {
            assertThat(gateway).isInstanceOf(AnnotationConfigRegistry.class);
            assertThat(gateway.containsBean("forwardedHeaderTransformer")).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-properties.yml", "class path resource [application.yml]", "applicationInfo/x.yml"})
    void theNameOfAFileDoesNotMakeItTheProgramsOwn(String name) {
        ConfigurableEnvironment environment = environment(Map.of());
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "Config resource 'file [/etc/" + name + "]' via location '" + name + "'",
                        Map.of("server.forward-headers-strategy", "native")));

        assertThat(ReadyBeans.obstacle(environment)).hasValue("server.forward-headers-strategy");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNameThatIsNoUpstreamHasALoadBalancerOfSpringsEitherWay(boolean ready) throws IOException {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, Boolean.toString(ready));
        try (ConfigurableApplicationContext gateway = start()) {
            ReactiveLoadBalancer.Factory<?> balancers = gateway.getBean(ReactiveLoadBalancer.Factory.class);

            assertThat(gateway instanceof AnnotationConfigRegistry).isNotEqualTo(ready);
            assertThat(balancers.getInstance("elsewhere")).isInstanceOf(RoundRobinLoadBalancer.class);
        }
    }

    private Set<String> beansWhen(boolean ready, String... arguments) throws IOException {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, Boolean.toString(ready));
        try (ConfigurableApplicationContext gateway = start(arguments)) {
            assertThat(gateway instanceof AnnotationConfigRegistry).isNotEqualTo(ready);
            return Stream.of(gateway.getBeanDefinitionNames())
                    .filter(name -> MACHINERY.stream().noneMatch(name::startsWith))
                    .collect(TreeSet::new, Set::add, Set::addAll);
        }
    }

    private ConfigurableApplicationContext start(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of(
                "--server.port=0",
                "--management.server.port=" + Ports.free(Protocol.TCP),
                "--mooring.data-dir=" + directory,
                "--mooring.listeners.echo.port=0",
                "--mooring.listeners.ping.port=0"));
        return MooringApplication.application().run(Arguments.withDemo(all).toArray(String[]::new));
    }

    private static ConfigurableEnvironment environment(Map<String, Object> keys) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("a file", keys));
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        ReadyBeans.DEFAULTS + " via location 'classpath:/'", Map.of("management.server.port", "9900")));
        return environment;
    }
}
