package io.mooring.config;

import static io.mooring.config.Configurations.environment;
import static io.mooring.config.Configurations.violations;
import static io.mooring.config.Configurations.violationsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.topology.BackendTlsSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ServerNameSpec;
import io.mooring.balancer.topology.TlsSpec;
import io.mooring.balancer.topology.TlsSpec.ClientAuth;
import io.mooring.balancer.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsViolationsTest {

    private static final String L = "mooring.listeners.x.";
    private static final String U = "mooring.upstreams.db.";
    private static final String BUNDLES = """
            spring.ssl.bundle:
              pem:
                one: { keystore: { certificate: one.crt, private-key: one.key } }
                roots: { truststore: { certificate: ca.crt } }
              jks:
                two: { keystore: { location: two.p12 }, truststore: { location: ca.p12 } }
            """;
    private static final String TLS =
            BUNDLES + "mooring.listeners.x: { protocol: tls, port: 1, upstream: db, tls: { bundles: [ one ] } }\n";
    private static final String TCP = BUNDLES + "mooring.listeners.x: { protocol: tcp, port: 1, upstream: db }\n";
    private static final String UDP = BUNDLES + "mooring.listeners.x: { protocol: udp, port: 1, upstream: db }\n";

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void isAViolation(String document, String expected) {
        assertThat(violationsWith(document)).containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                arguments(
                        BUNDLES + "mooring.listeners.x: { protocol: tls, port: 1, upstream: db }",
                        L + "tls.bundles: missing (expected: one, roots or two)"),
                arguments(
                        "mooring.listeners.x: { protocol: tls, port: 1, upstream: db }",
                        L + "tls.bundles: missing (expected: an SSL bundle that is declared)"),
                arguments(
                        TLS + L + "tls.bundles: [ two, oen ]", L + "tls.bundles[1]: oen (expected: one, roots or two)"),
                arguments(
                        TLS + L + "tls.bundles: roots",
                        L + "tls.bundles[0]: roots (expected: a bundle with a keystore)"),
                arguments(
                        TLS + L + "tls.client-auth: need",
                        L + "tls.bundles[0]: one (expected: a bundle with a truststore, since client-auth is need)"),
                arguments(
                        TLS + L + "tls.client-auth: maybe",
                        L + "tls.client-auth: maybe (expected: none, want or need)"),
                arguments(
                        TLS + L + "tls.protocols: [ TLSv1.3, TLSv1.1 ]",
                        L + "tls.protocols[1]: TLSv1.1 (expected: TLSv1.2 or TLSv1.3)"),
                arguments(
                        TLS + L + "tls.ciphers: [ TLS_AES_128_GCM_SHA256, ECDHE-RSA-AES128-GCM-SHA256 ]",
                        L + "tls.ciphers[1]: ECDHE-RSA-AES128-GCM-SHA256 (expected: a cipher suite of this JDK by its"
                                + " IANA name, such as TLS_AES_128_GCM_SHA256)"),
                arguments(
                        TLS + L + "tls.alpn: [ '" + "x".repeat(256) + "' ]",
                        L + "tls.alpn[0]: " + "x".repeat(256) + " (expected: 1-255 bytes)"),
                arguments(
                        TLS + L + "tls.handshake-timeout: 0s",
                        L + "tls.handshake-timeout: 0s (expected: a duration, 1s-120s)"),
                arguments(
                        TLS + L + "tls.handshake-timeout: 121s",
                        L + "tls.handshake-timeout: 121s (expected: a duration, 1s-120s)"),
                arguments(
                        TLS + L + "idle-timeout: 9s",
                        L + "idle-timeout: 9s (expected: a duration, 10s-3600s with protocol tls)"),
                arguments(
                        TLS + L + "max-flows: 9",
                        L + "max-flows: 9 (expected: nothing, since it has no effect with protocol tls)"),
                arguments(
                        TLS + L + "sni-timeout: 2s",
                        L + "sni-timeout: 2s (expected: nothing, since it has no effect with protocol tls)"),
                arguments(
                        TLS + L + "port: 15432",
                        L + "port: 15432 (expected: another port than mooring.listeners.db.port)"),
                arguments(
                        TCP + L + "tls.bundles: [ one ]",
                        L + "tls: a block (expected: nothing, since it has no effect with protocol tcp)"),
                arguments(
                        UDP + L + "tls.bundles: [ one ]",
                        L + "tls: a block (expected: nothing, since it has no effect with protocol udp)"),
                arguments(
                        UDP + L + "sni: { a: db }",
                        L + "sni: a block (expected: nothing, since it has no effect with protocol udp)"),
                arguments(
                        TCP + L + "sni-timeout: 2s",
                        L + "sni-timeout: 2s (expected: nothing, since it has no effect without sni)"),
                arguments(
                        TCP + L + "sni: { a: db }\n" + L + "sni-timeout: 0s",
                        L + "sni-timeout: 0s (expected: a duration, 1s-60s)"),
                arguments(TCP + L + "sni: { a: bd }", L + "sni[a]: bd (expected: shop, db or dns)"),
                arguments(
                        TCP + L + "sni: { '[a.*.b]': db }",
                        L + "sni[a.*.b]: a.*.b (expected: a host name, or \"*.\" and a host name for all below it)"),
                arguments(
                        TCP + L + "sni: { '[127.0.0.1]': db }",
                        L + "sni[127.0.0.1]: 127.0.0.1 (expected: a host name, or \"*.\" and a host name for all below"
                                + " it)"),
                arguments(
                        TCP + L + "sni: { '[a.b]': db, '[A.b.]': db }",
                        L + "sni[A.b.]: A.b. (expected: a name that stands there once)"),
                arguments(
                        TCP + L + "sni: { '[a.b]': shop }",
                        L + "sni[a.b]: shop (expected: an upstream whose persistence goes with layer 4 and the"
                                + " listener's balancing)"),
                arguments(
                        BUNDLES + U + "tls.server-name: db.example.org",
                        U + "tls.bundle: missing (expected: one, roots or two)"),
                arguments(BUNDLES + U + "tls.bundle: nope", U + "tls.bundle: nope (expected: one, roots or two)"),
                arguments(
                        BUNDLES + U + "tls: { bundle: roots, server-name: 'a:1' }",
                        U + "tls.server-name: a:1 (expected: a host name)"),
                arguments(
                        BUNDLES + "mooring.upstreams.shop.tls.bundle: roots",
                        "mooring.upstreams.shop.tls: a block (expected: nothing, since"
                                + " spring.cloud.gateway.server.webflux.routes[0] leads there, and HTTP backends are"
                                + " spoken with in the clear)"),
                arguments(
                        BUNDLES + "mooring.upstreams.dns.tls.bundle: roots",
                        "mooring.upstreams.dns.tls: a block (expected: nothing, since mooring.listeners.dns leads there"
                                + " with protocol udp)"));
    }

    @Test
    void aWildcardWithoutBracketsIsRefused() {
        assertThat(violationsWith(TCP + L + "sni: { '*.example.org': db }"))
                .containsExactly(L + "sni.example: * (expected: letters, digits, \"-\" and \"_\")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TLS,
                TLS + L + "tls: { bundles: [ two ], client-auth: need, protocols: TLSv1.3, alpn: [ h2, http/1.1 ] }",
                TLS + L + "sni: { '[db.example.org]': db, '[*.example.org]': dns }",
                TCP + L + "sni: { db.example.org: db, '[*.example.org]': dns }\n" + L + "sni-timeout: 1s",
                TCP + L + "sni: { '[a.b]': shop }\n" + L + "persistence: { type: none }",
                BUNDLES + U
                        + "tls: { bundle: roots, server-name: db.example.org, verify-hostname: false, alpn: [ x ] }",
            })
    void isValid(String document) {
        assertThat(violationsWith(document)).isEmpty();
    }

    @Test
    void bundlesMayComeFromTheEnvironment() {
        Inspection inspection = ConfigurationCheck.inspect(environment(
                Map.of("SPRING_SSL_BUNDLE_PEM_EDGE_KEYSTORE_CERTIFICATE", "edge.crt"),
                "mooring.listeners.x: { protocol: tls, port: 1, upstream: db, tls: { bundles: [ edge ] } }",
                Configurations.VALID));

        assertThat(violations(inspection)).isEmpty();
    }

    @Test
    void whatIsDeclaredIsWhatTheTopologySays() {
        Topology topology = Configurations.inspect(
                        TLS + L
                                + "tls: { bundles: [ one, two ], ciphers: TLS_AES_128_GCM_SHA256, handshake-timeout: 5s }\n"
                                + L + "sni: { '[DB.example.org.]': dns, '[*.example.org]': db }\n"
                                + U + "tls: { bundle: roots, server-name: db.internal, alpn: [ postgresql ] }",
                        Configurations.VALID)
                .orThrow()
                .topology();

        ListenerSpec listener = topology.listeners().stream()
                .filter(each -> each.name().equals("x"))
                .findFirst()
                .orElseThrow();
        assertThat(listener.tls())
                .contains(new TlsSpec(
                        List.of("one", "two"),
                        List.of(),
                        List.of("TLS_AES_128_GCM_SHA256"),
                        ClientAuth.NONE,
                        List.of(),
                        Duration.ofSeconds(5)));
        assertThat(listener.serverNames())
                .isEqualTo(new ServerNameSpec(
                        Map.of("db.example.org", "dns", "*.example.org", "db"), ServerNameSpec.DEFAULT_TIMEOUT));
        assertThat(topology.upstreams().get(1).tls())
                .contains(new BackendTlsSpec("roots", Optional.of("db.internal"), true, List.of("postgresql")));
    }
}
