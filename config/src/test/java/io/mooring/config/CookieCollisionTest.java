package io.mooring.config;

import static io.mooring.config.Configurations.inspect;
import static io.mooring.config.Configurations.violations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CookieCollisionTest {

    private static final String UPSTREAMS = """
            mooring.upstreams:
              a: { persistence: { type: cookie }, backends.x.address: "h:1" }
              b: { persistence: { type: cookie }, backends.x.address: "h:1" }
            """;

    private static final String A = "mooring.upstreams.a.persistence.cookie.name";
    private static final String B = "mooring.upstreams.b.persistence.cookie.name";
    private static final String R0 = "spring.cloud.gateway.server.webflux.routes[0].metadata.persistence.cookie.name";
    private static final String R1 = "spring.cloud.gateway.server.webflux.routes[1].metadata.persistence.cookie.name";

    @ParameterizedTest(name = "{0}")
    @MethodSource("collisions")
    void scopesDoNotWriteTheSameCookie(String what, String document, String cookie, String first, String second) {
        String expected = " (expected: a cookie that differs in name, domain or path from that of ";

        assertThat(violations(inspect(document, UPSTREAMS)))
                .containsExactlyInAnyOrder(
                        first + ": " + cookie + expected + second + ")",
                        second + ": " + cookie + expected + first + ")");
    }

    static Stream<Arguments> collisions() {
        return Stream.of(
                arguments("two upstreams by name", """
                        mooring.upstreams: { a.persistence.cookie.name: s, b.persistence.cookie.name: s }
                        spring.cloud.gateway.server.webflux.routes: [ { id: r, uri: "lb://a" }, { id: s, uri: "lb://b" } ]
                        """, "s", A, B),
                arguments("two upstreams by name and domain, which has no case and no leading dot", """
                        mooring.upstreams:
                          a.persistence.cookie: { name: s, domain: .example.com }
                          b.persistence.cookie: { name: s, domain: Example.com }
                        spring.cloud.gateway.server.webflux.routes: [ { id: r, uri: "lb://a" }, { id: s, uri: "lb://b" } ]
                        """, "s", A, B),
                arguments("a route with its upstream's inherited name", """
                        mooring.upstreams.a.persistence.cookie.name: s
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: r, uri: "lb://a", metadata.balancing: weighted-round-robin }
                          - { id: s, uri: "lb://a" }
                        """, "s", A, R0),
                arguments("a route with the default name of another upstream", """
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: b, uri: "lb://a", metadata.persistence.type: cookie }
                          - { id: s, uri: "lb://b" }
                        """, "mooring-b", B, R0),
                arguments("two routes", """
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: r, uri: "lb://a", metadata.persistence: { type: cookie, cookie.name: s } }
                          - { id: s, uri: "lb://b", metadata.persistence: { type: cookie, cookie.name: s } }
                        """, "s", R0, R1));
    }

    @ParameterizedTest
    @MethodSource("distinct")
    void scopesThatDifferOrAreNotUsedForHttpDoNotCollide(String document) {
        assertThat(violations(inspect(document, UPSTREAMS))).isEmpty();
    }

    static Stream<String> distinct() {
        return Stream.of(
                // No route leads to the upstream's own scope.
                """
                mooring.upstreams: { a.persistence.cookie.name: s, b.persistence.cookie.name: s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: r, uri: "lb://a" }
                  - { id: s, uri: "lb://b", metadata.persistence.type: cookie }
                """,
                // The route does not exist.
                """
                mooring.upstreams: { a.persistence.cookie.name: s, b.persistence.cookie.name: s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: r, uri: "lb://a" }
                  - { id: s, uri: "lb://b", enabled: false }
                """,
                // Both routes are of one scope.
                """
                spring.cloud.gateway.server.webflux.routes: [ { id: r, uri: "lb://a" }, { id: s, uri: "lb://a" } ]
                """,
                """
                mooring.upstreams:
                  a.persistence.cookie: { name: s, path: /a }
                  b.persistence.cookie: { name: s, path: /b }
                spring.cloud.gateway.server.webflux.routes: [ { id: r, uri: "lb://a" }, { id: s, uri: "lb://b" } ]
                """,
                """
                mooring.upstreams: { a.persistence.cookie.name: s, b.persistence.cookie.name: S }
                spring.cloud.gateway.server.webflux.routes: [ { id: r, uri: "lb://a" }, { id: s, uri: "lb://b" } ]
                """);
    }

    @Test
    void itSaysToNameTheCookie() {
        String document = """
                mooring.upstreams: { a.persistence.cookie.name: s, b.persistence.cookie.name: s }
                spring.cloud.gateway.server.webflux.routes: [ { id: r, uri: "lb://a" }, { id: s, uri: "lb://b" } ]
                """;

        assertThat(inspect(document, UPSTREAMS).violations())
                .extracting(Violation::action)
                .isEqualTo(List.of("Set cookie.name here or there.", "Set cookie.name here or there."));
    }
}
