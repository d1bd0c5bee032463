package io.mooring.config;

import static io.mooring.config.Configurations.environment;
import static io.mooring.config.Configurations.inspect;
import static io.mooring.config.Configurations.violations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;

class WholeConfigurationTest {

    private static final String TEN_MISTAKES = """
            mooring:
              upstreams:
                shop:
                  balancing: weighted-least-connections
                  persistence: { type: cookie, idle-timeout: 5s, cookie: { same-site: none, secure: false } }
                  backends:
                    shop-1: { address: "127.0.0.1", weight: x }
              listeners:
                db: { protocol: tcp, port: 8080, upstream: bd }
              http:
                keepalive-timeout: abc
                keep-alive: 5s
              persistence:
                keys: [ { id: k1, secret: swordfish } ]
            """;

    @Test
    void tenMistakesAreTenViolations() {
        assertThat(violations(inspect(TEN_MISTAKES)))
                .containsExactly(
                        "mooring.http.keep-alive: unknown key (expected: keepalive-timeout)",
                        "mooring.http.keepalive-timeout: abc (expected: a duration, 0s-900s)",
                        "mooring.listeners.db.port: 8080 (expected: another port than server.port)",
                        "mooring.listeners.db.upstream: bd (expected: shop)",
                        "mooring.persistence.keys[0].secret: *** of 9 bytes (expected: 16 bytes or more)",
                        "mooring.upstreams.shop.backends.shop-1.address: 127.0.0.1 (expected: host:port or [IPv6]:port, with a port of 1-65535)",
                        "mooring.upstreams.shop.backends.shop-1.weight: x (expected: a whole number, 0-100)",
                        "mooring.upstreams.shop.persistence.cookie.same-site: none (expected: lax or strict, since secure is false)",
                        "mooring.upstreams.shop.persistence.idle-timeout: 5s (expected: whole seconds, 30s-3600s)",
                        "mooring.upstreams.shop.persistence.type: cookie (expected: none with weighted-least-connections)");
    }

    @Test
    void everyViolationSaysWhatToDo() {
        assertThat(inspect(TEN_MISTAKES).violations())
                .allSatisfy(violation -> assertThat(violation.action()).isNotBlank());
    }

    @Test
    void aFailedStartTellsEveryViolationAndAction() {
        InvalidConfigurationException failure = new InvalidConfigurationException(
                List.of(new Violation("a", "1", "2", "Do this."), new Violation("b", "3", "4", "Do that.")));

        FailureAnalysis analysis = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, e) -> {}))
                .stream()
                .filter(InvalidConfigurationFailureAnalyzer.class::isInstance)
                .map(analyzer -> analyzer.analyze(new IllegalStateException("a bean failed", failure)))
                .findFirst()
                .orElseThrow();

        assertThat(analysis.getDescription())
                .isEqualTo("The configuration is invalid:\n\n    a: 1 (expected: 2)\n    b: 3 (expected: 4)");
        assertThat(analysis.getAction()).isEqualTo("Change these properties:\n\n    a: Do this.\n    b: Do that.");
    }

    @Test
    void settingsAreRefusedWhereThereIsAViolation() {
        Inspection inspection = inspect(TEN_MISTAKES);

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(inspection::orThrow)
                .satisfies(e -> assertThat(e.violations()).isEqualTo(inspection.violations()))
                .satisfies(e -> assertThat(e.getMessage().lines()).containsExactlyElementsOf(violations(inspection)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mooring.persistence.keys: [ { id: k, secret: swordfish } ]",
                "mooring.persistence.keys: [ { id: k, secret: '${SECRET}' }, { id: k, secret: '${SECRET}' } ]",
                "mooring.persistence.keys: [ { id: k, secret: 'swordfish-${MISSING}' } ]",
                "mooring.persistence.keys: [ { id: k, secret: '${MISSING:swordfish}' } ]",
                "mooring.persistence.keys: [ { id: k, secrett: swordfish } ]",
                "mooring.persistence.keys: [ { id: k, secret: [ swordfish ] } ]",
                "mooring.persistence.keys: [ { id: k, secret: { a: swordfish } } ]",
                "mooring.persistence.keys: [ swordfish ]",
                "mooring.persistence.keys: swordfish",
                "mooring.persistence.secret: swordfish",
                "mooring.persistence: swordfish",
            })
    void noMessageContainsASecret(String document) {
        Inspection inspection =
                ConfigurationCheck.inspect(environment(Map.of("SECRET", "swordfish-and-more"), document));

        assertThat(inspection.violations()).isNotEmpty();
        assertThat(Stream.concat(
                        inspection.violations().stream()
                                .flatMap(v -> Stream.of(v.toString(), v.value(), v.expected(), v.action())),
                        Stream.of(
                                inspection.toString(),
                                new InvalidConfigurationException(inspection.violations()).toString())))
                .noneMatch(text -> text.contains("swordfish"));
    }

    @Test
    void settingsDoNotShowTheirSecrets() {
        String document = "mooring.persistence.keys: [ { id: k, secret: swordfish-and-more } ]";

        Inspection inspection = inspect(document);

        assertThat(inspection.violations()).isEmpty();
        assertThat(inspection.toString()).contains("SigningKey[k]").doesNotContain("swordfish");
        assertThat(new KeyProperties("k", "swordfish").toString()).doesNotContain("swordfish");
    }

    @Test
    void aViolationIsOneLineWhateverTheValue() {
        String document = "mooring.http.keepalive-timeout: \"a\\nb\\u001b[31m\\u2028c\"";

        assertThat(violations(inspect(document)))
                .containsExactly(
                        "mooring.http.keepalive-timeout: a\\u000ab\\u001b[31m\\u2028c (expected: a duration, 0s-900s)");
    }

    @Test
    void aLongValueIsCut() {
        String document = "mooring.http.keepalive-timeout: " + "x".repeat(10_000);

        assertThat(violations(inspect(document)))
                .singleElement()
                .satisfies(line -> assertThat(line).hasSizeLessThan(500).contains("xxx... (expected"));
    }
}
