package io.mooring.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.ConfigurableEnvironment;

/** What a configuration says together with what operators have changed. */
class RunTimeChangesTest {

    private static final ChangeTarget SHOP = ChangeTarget.upstream("shop");
    private static final ChangeTarget SHOP_1 = ChangeTarget.backend("shop", "shop-1");
    private static final ChangeTarget SHOP_9 = ChangeTarget.backend("shop", "shop-9");
    private static final ChangeTarget DB_1 = ChangeTarget.backend("db", "db-1");

    @Test
    void noChangeIsTheConfigurationItself() {
        Topology declared = declared(Configurations.VALID);

        EffectiveConfiguration effective = EffectiveConfiguration.of(
                Configurations.environment(Map.of(), Configurations.VALID), declared, RunTimeChanges.NONE);

        assertThat(effective.topology()).isSameAs(declared);
        assertThat(effective.aside()).isEmpty();
    }

    @Test
    void backendsAreWeightedDrainedAddedAndRemoved() {
        EffectiveConfiguration effective = effective(
                Configurations.VALID,
                RunTimeChanges.NONE
                        .with(SHOP_1, Map.of("weight", "0", "state", "draining"))
                        .with(ChangeTarget.backend("shop", "shop-2"), Map.of("removed", "true"))
                        .with(SHOP_9, Map.of("address", "[::1]:9009", "weight", "3")));

        assertThat(effective.aside()).isEmpty();
        assertThat(upstream(effective, "shop").backends())
                .extracting(backend -> backend.id() + " " + backend.address() + " " + backend.weight() + " "
                        + backend.admin().key())
                .containsExactlyInAnyOrder("shop-1 127.0.0.1:9001 0 draining", "shop-9 [::1]:9009 3 ready");
    }

    @Test
    void aPolicyIsChangedKeyByKeyAndAnotherTypeReplacesTheBlock() {
        String yaml = Configurations.VALID;
        EffectiveConfiguration timeout =
                effective(yaml, RunTimeChanges.NONE.with(SHOP, Map.of("persistence.idle-timeout", "45s")));
        assertThat(upstream(timeout, "shop").policy().persistence())
                .isInstanceOfSatisfying(Persistence.Cookie.class, cookie -> {
                    assertThat(cookie.cookie().name()).isEqualTo("shop-session");
                    assertThat(cookie.timeouts().idle()).hasSeconds(45);
                });

        EffectiveConfiguration type =
                effective(yaml, RunTimeChanges.NONE.with(SHOP, Map.of("persistence.type", "source-ip")));
        assertThat(type.aside()).isEmpty();
        assertThat(upstream(type, "shop").policy().persistence()).isInstanceOf(Persistence.SourceIp.class);
    }

    @Test
    void aRouteAndAListenerGetAPolicyOfTheirOwn() {
        String yaml = Configurations.VALID.substring(0, Configurations.VALID.indexOf("spring.")) + """
                spring.cloud.gateway.server.webflux.routes:
                  - { id: first, uri: "lb://db", predicates: [ "Path=/a" ] }
                  - { id: second, uri: "lb://shop", predicates: [ "Path=/b" ], metadata: { balancing: ip-hash, persistence: { type: none } } }
                """;
        EffectiveConfiguration effective = effective(
                yaml,
                RunTimeChanges.NONE
                        .with(ChangeTarget.route("first"), Map.of("persistence.type", "cookie"))
                        .with(ChangeTarget.route("second"), Map.of("balancing", "weighted-round-robin"))
                        .with(ChangeTarget.listener("dns"), Map.of("persistence.type", "source-ip"))
                        .with(ChangeTarget.route("third"), Map.of("balancing", "ip-hash")));

        assertThat(effective.aside()).containsOnlyKeys(ChangeTarget.route("third"));
        assertThat(effective.topology().routes())
                .extracting(route -> route.id() + " "
                        + route.policy().orElseThrow().balancing().key() + " "
                        + route.policy().orElseThrow().persistence().kind().key())
                .containsExactly("first weighted-round-robin cookie", "second weighted-round-robin none");
        assertThat(effective
                        .topology()
                        .listeners()
                        .get(1)
                        .policy()
                        .orElseThrow()
                        .persistence())
                .isInstanceOf(Persistence.SourceIp.class);
    }

    @Test
    void whatDoesNotFitTheConfigurationAnyMoreIsSetAsideAndTheRestHolds() {
        EffectiveConfiguration effective = effective(
                Configurations.VALID,
                RunTimeChanges.NONE
                        .with(ChangeTarget.upstream("gone"), Map.of("balancing", "ip-hash"))
                        .with(ChangeTarget.backend("gone", "gone-1"), Map.of("address", "127.0.0.1:1"))
                        .with(ChangeTarget.backend("shop", "shop-7"), Map.of("removed", "true"))
                        .with(ChangeTarget.listener("gone"), Map.of("balancing", "ip-hash"))
                        .with(DB_1, Map.of("removed", "true"))
                        .with(SHOP_1, Map.of("weight", "7")));

        assertThat(effective.aside())
                .containsOnlyKeys(
                        ChangeTarget.upstream("gone"),
                        ChangeTarget.backend("gone", "gone-1"),
                        ChangeTarget.backend("shop", "shop-7"),
                        ChangeTarget.listener("gone"),
                        DB_1);
        assertThat(effective.warnings())
                .contains(
                        "run-time change of upstreams/db/backends/db-1 is without effect: mooring.upstreams.db.backends:"
                                + " missing (expected: one backend or more)");
        assertThat(upstream(effective, "db").backends()).hasSize(1);
        assertThat(upstream(effective, "shop").backends().get(0).weight()).isEqualTo(7);
    }

    @Test
    void theAddressOfTheConfigurationHoldsOnceItHasTheBackend() {
        String yaml = Configurations.VALID.replace("shop-2:", "shop-9:");
        EffectiveConfiguration effective =
                effective(yaml, RunTimeChanges.NONE.with(SHOP_9, Map.of("address", "127.0.0.1:1", "weight", "3")));

        assertThat(effective.aside()).containsOnlyKeys(SHOP_9);
        assertThat(upstream(effective, "shop").backends()).contains(new Backend("shop-9", "127.0.0.1", 9002, 3));
    }

    @Test
    void aValueThatIsWrongIsSetAsideWithWhatIsExpected() {
        EffectiveConfiguration effective = effective(
                Configurations.VALID, RunTimeChanges.NONE.with(SHOP, Map.of("persistence.idle-timeout", "7s")));

        assertThat(effective.aside().get(SHOP))
                .containsExactly("mooring.upstreams.shop.persistence.idle-timeout: 7s"
                        + " (expected: whole seconds, 30s-3600s)");
    }

    @Test
    void allReasonsAreToldAlsoBesideOtherChanges() {
        Map<String, String> wrong = Map.of("balancing", "ip-hash", "persistence.idle-timeout", "7s");
        List<String> alone = effective(Configurations.VALID, RunTimeChanges.NONE.with(SHOP, wrong))
                .aside()
                .get(SHOP);
        RunTimeChanges beside = RunTimeChanges.NONE.with(SHOP, wrong).with(SHOP_1, Map.of("weight", "7"));

        assertThat(alone).hasSizeGreaterThan(2);
        assertThat(effective(Configurations.VALID, beside).aside()).containsExactly(Map.entry(SHOP, alone));
    }

    @Test
    @Timeout(120)
    void ofAThousandChangesThoseThatAreWrongAreFoundSoon() {
        StringBuilder yaml = new StringBuilder("mooring.upstreams:\n");
        for (int i = 0; i < 500; i++) {
            yaml.append("  u%d: { persistence: { type: cookie }, backends: { b: { address: \"127.0.0.1:1\" } } }\n"
                    .formatted(i));
        }
        TreeMap<ChangeTarget, Map<String, String>> all = new TreeMap<>();
        Set<ChangeTarget> wrong = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            ChangeTarget upstream = ChangeTarget.upstream("u" + i);
            all.put(upstream, Map.of("persistence.idle-timeout", i % 2 == 0 ? "7s" : "77s"));
            ChangeTarget backend = ChangeTarget.backend("u" + i, "b");
            all.put(backend, i == 123 ? Map.of("removed", "true") : Map.of("weight", "7"));
            if (i % 2 == 0) {
                wrong.add(upstream);
            }
        }
        wrong.add(ChangeTarget.backend("u123", "b"));

        EffectiveConfiguration effective = effective(yaml.toString(), new RunTimeChanges(all));

        assertThat(effective.aside()).containsOnlyKeys(wrong);
        assertThat(upstream(effective, "u123").policy().persistence())
                .isInstanceOfSatisfying(
                        Persistence.Cookie.class,
                        cookie -> assertThat(cookie.timeouts().idle()).hasSeconds(77));
    }

    @Test
    void twoRoutesThatGetAnotherTypeOfPersistenceBothLoseTheBlock() {
        String yaml = Configurations.VALID.substring(0, Configurations.VALID.indexOf("spring.")) + """
                spring.cloud.gateway.server.webflux.routes:
                  - { id: first, uri: "lb://shop", predicates: [ "Path=/a" ], metadata: { persistence: { type: cookie, cookie: { name: a } } } }
                  - { id: second, uri: "lb://shop", predicates: [ "Path=/b" ], metadata: { persistence: { type: cookie, cookie: { name: b } } } }
                """;
        EffectiveConfiguration effective = effective(
                yaml,
                RunTimeChanges.NONE
                        .with(ChangeTarget.route("first"), Map.of("persistence.type", "source-ip"))
                        .with(ChangeTarget.route("second"), Map.of("persistence.type", "source-ip")));

        assertThat(effective.aside()).isEmpty();
        assertThat(effective.topology().routes())
                .extracting(route ->
                        route.policy().orElseThrow().persistence().kind().key())
                .containsExactly("source-ip", "source-ip");
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        RunTimeChanges changes = RunTimeChanges.NONE
                .with(SHOP, Map.of("balancing", "ip-hash", "persistence.type", "none", "persistence.strict", "true"))
                .with(SHOP_1, Map.of("weight", "0", "state", "maintenance"))
                .with(DB_1, Map.of("removed", "true"))
                .with(SHOP_9, Map.of("address", "127.0.0.1:1"))
                .with(ChangeTarget.route("a/b: #c"), Map.of("persistence.idle-timeout", "60s"))
                .with(ChangeTarget.listener("dns"), Map.of("balancing", "ip-hash"));
        String text = ChangesText.write(changes);

        assertThat(ChangesText.read("changes.yml", text)).isEqualTo(changes);
        assertThat(text).contains("      shop-1:\n        state: maintenance\n        weight: 0\n");
        assertThat(ChangesText.read("changes.yml", ChangesText.write(RunTimeChanges.NONE)))
                .isEqualTo(RunTimeChanges.NONE);
    }

    @Test
    void whatIsWrittenIsReadAgainHoweverLongItIs() {
        TreeMap<ChangeTarget, Map<String, String>> all = new TreeMap<>();
        for (int i = 0; i < RunTimeChanges.MAX_TARGETS; i++) {
            all.put(ChangeTarget.route("route-" + i), Map.of("balancing", "x".repeat(4_000)));
        }
        RunTimeChanges changes = new RunTimeChanges(all);

        assertThat(ChangesText.read("changes.yml", ChangesText.write(changes))).isEqualTo(changes);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    upstreams: [ no                                      | no YAML
                    upstreams: none                                      | upstreams: no block
                    servers: { a: { weight: 1 } }                        | servers: a block (expected: upstreams, routes or listeners)
                    upstreams: { a: { weight: 1 } }                      | upstreams/a/weight: 1 (expected: balancing,
                    upstreams: { a: { backends: { b: { weight: 101 } } } } | upstreams/a/backends/b/weight: 101 (expected: 0-100)
                    upstreams: { a: { backends: { b: { state: up } } } } | state: up (expected: ready, draining or maintenance)
                    upstreams: { a: { backends: { b: { removed: no } } } } | removed: false (expected: true)
                    upstreams: { a: { backends: { b: { address: x } } } } | address: x (expected: host:port
                    upstreams: { a: { backends: { 'b]': { address: 'a:1' } } } } | backends/b]: a name (expected: letters
                    routes: { a: { persistence: { type: [ x ] } } }      | routes/a/persistence/type: no plain value
                    routes: { a: { balancing: '${HOME}' } }              | (expected: a value without a placeholder)
                    !!java.io.File [ x ]                                 | no YAML
                    """)
    void aTextThatMakesNoSenseIsRefusedWithTheReason(String text, String reason) {
        assertThatThrownBy(() -> ChangesText.read("changes.yml", text))
                .isInstanceOf(UnreadableConfigurationException.class)
                .hasMessageStartingWith("changes.yml:")
                .hasMessageContaining(reason);
    }

    private static EffectiveConfiguration effective(String yaml, RunTimeChanges changes) {
        ConfigurableEnvironment environment = Configurations.environment(Map.of(), yaml);
        return EffectiveConfiguration.of(environment, declared(yaml), changes);
    }

    private static Topology declared(String yaml) {
        return ConfigurationCheck.inspect(Configurations.environment(Map.of(), yaml))
                .orThrow()
                .topology();
    }

    private static UpstreamSpec upstream(EffectiveConfiguration effective, String name) {
        Optional<UpstreamSpec> found = effective.topology().upstreams().stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst();
        return found.orElseThrow();
    }
}
