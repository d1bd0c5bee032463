package io.mooring.config;

import static io.mooring.config.Configurations.inspect;
import static io.mooring.config.Configurations.violations;
import static io.mooring.config.Configurations.violationsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Layer;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyViolationsTest {

    private static final String P = "mooring.upstreams.shop.persistence.";
    private static final String ROUTE = "spring.cloud.gateway.server.webflux.routes[0].";

    private static final String UPSTREAM = "mooring.upstreams.shop.backends.a.address: '127.0.0.1:1'\n";

    private static final String RR = "weighted-round-robin";
    private static final String LEAST = "weighted-least-connections";
    private static final String HASH = "ip-hash";

    /** The table of what goes with what, and the kinds that are expected where it does not. */
    static Stream<Arguments> combinations() {
        return Stream.of(
                arguments(RR, "none", true, true),
                arguments(RR, "cookie", true, false),
                arguments(RR, "source-ip", true, true),
                arguments(LEAST, "none", true, true),
                arguments(LEAST, "cookie", false, false),
                arguments(LEAST, "source-ip", false, false),
                arguments(HASH, "none", true, true),
                arguments(HASH, "cookie", false, false),
                arguments(HASH, "source-ip", true, true));
    }

    @ParameterizedTest(name = "{0} with {1} on an upstream: {2}")
    @MethodSource("combinations")
    void anUpstreamsPersistenceGoesWithItsBalancing(String balancing, String type, boolean http, boolean l4) {
        String yaml =
                UPSTREAM + "mooring.upstreams.shop: { balancing: " + balancing + ", persistence.type: " + type + " }";

        assertThat(violations(inspect(yaml))).isEqualTo(expected(http, P + "type", balancing, type, Layer.HTTP));
    }

    @ParameterizedTest(name = "{0} with {1} on a route: {2}")
    @MethodSource("combinations")
    void aRoutesPersistenceGoesWithItsBalancing(String balancing, String type, boolean http, boolean l4) {
        String yaml = UPSTREAM
                + "spring.cloud.gateway.server.webflux.routes: [ { id: r, uri: 'lb://shop', metadata: { balancing: "
                + balancing + ", persistence.type: " + type + " } } ]";

        assertThat(violations(inspect(yaml)))
                .isEqualTo(expected(http, ROUTE + "metadata.persistence.type", balancing, type, Layer.HTTP));
    }

    @ParameterizedTest(name = "{0} with {1} on a listener: {3}")
    @MethodSource("combinations")
    void aListenersPersistenceGoesWithItsBalancing(String balancing, String type, boolean http, boolean l4) {
        String yaml = UPSTREAM + "mooring.listeners.t: { protocol: tcp, port: 1, upstream: shop, balancing: "
                + balancing + ", persistence.type: " + type + " }";

        assertThat(violations(inspect(yaml)))
                .isEqualTo(expected(l4, "mooring.listeners.t.persistence.type", balancing, type, Layer.L4));
    }

    private static List<String> expected(boolean allowed, String property, String balancing, String type, Layer layer) {
        if (allowed) {
            return List.of();
        }
        List<String> kinds = new ArrayList<>();
        for (Persistence.Kind kind : Persistence.Kind.values()) {
            if (Policy.allows(balancing(balancing), kind, layer)) {
                kinds.add(kind.key());
            }
        }
        return List.of(property + ": " + type + " (expected: " + String.join(" or ", kinds) + " with " + balancing
                + (layer == Layer.L4 ? " on a TCP, TLS or UDP listener)" : ")"));
    }

    private static Balancing balancing(String key) {
        return Stream.of(Balancing.values())
                .filter(balancing -> balancing.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"persistences", "cookies", "routes"})
    void isAViolation(String document, String expected) {
        assertThat(violationsWith(document)).containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> persistences() {
        return Stream.of(
                arguments(
                        "mooring.upstreams.db.persistence.cookie.path: /",
                        "mooring.upstreams.db.persistence.cookie: a block (expected: nothing, since it has no effect with type source-ip)"),
                arguments(
                        P + "source.ipv4-prefix: 24",
                        P + "source: a block (expected: nothing, since it has no effect with type cookie)"),
                arguments(
                        "mooring.upstreams.dns.persistence: { type: none, cookie.path: /, source.max-entries: 1 }",
                        """
                        mooring.upstreams.dns.persistence.cookie: a block (expected: nothing, since it has no effect with type none)
                        mooring.upstreams.dns.persistence.source: a block (expected: nothing, since it has no effect with type none)"""),
                arguments("mooring.upstreams.db.persistence.source.share: { split: port, min-connections: 5 }", """
                        mooring.upstreams.db.persistence.source.share.min-connections: 5 (expected: nothing, since max-percent is not set)
                        mooring.upstreams.db.persistence.source.share.split: port (expected: nothing, since max-percent is not set)"""),
                arguments(
                        P + "source.share.split: port",
                        P + "source: a block (expected: nothing, since it has no effect with type cookie)"),
                arguments(
                        "mooring.upstreams.dns.persistence.idle-timeout: 60s",
                        "mooring.upstreams.dns.persistence.type: missing (expected: none, cookie or source-ip)"),
                arguments(
                        P + "cookie.lifetime: permanent",
                        P + "absolute-timeout: missing (expected: a duration, since cookie.lifetime is permanent)"));
    }

    static Stream<Arguments> cookies() {
        String name = "letters, digits and any of !#$%&'*+-.^_`|~";
        return Stream.of(
                arguments(P + "cookie.name: 'a b'", P + "cookie.name: a b (expected: " + name + ")"),
                arguments(P + "cookie.name: 'a=b'", P + "cookie.name: a=b (expected: " + name + ")"),
                arguments(P + "cookie.name: 'ä'", P + "cookie.name: ä (expected: " + name + ")"),
                arguments(
                        P + "cookie.domain: 'http://a.example'",
                        P + "cookie.domain: http://a.example (expected: a host name, such as shop.example.com)"),
                arguments(
                        P + "cookie.domain: 'a..example'",
                        P + "cookie.domain: a..example (expected: a host name, such as shop.example.com)"),
                arguments(
                        P + "cookie.path: shop",
                        P + "cookie.path: shop (expected: \"/\" and printable ASCII characters other than \";\")"),
                arguments(
                        P + "cookie.path: '/a;b'",
                        P + "cookie.path: /a;b (expected: \"/\" and printable ASCII characters other than \";\")"),
                arguments(P + "cookie.same-site: maybe", P + "cookie.same-site: maybe (expected: none, lax or strict)"),
                arguments(P + "cookie.secure: maybe", P + "cookie.secure: maybe (expected: auto, true or false)"),
                arguments(
                        P + "cookie: { same-site: none, secure: false }",
                        P + "cookie.same-site: none (expected: lax or strict, since secure is false)"),
                arguments(
                        P + "cookie: { partitioned: true, secure: false }",
                        P + "cookie.partitioned: true (expected: false, since secure is false)"),
                arguments(
                        P + "cookie.name: __Secure-s",
                        P + "cookie.secure: missing (expected: true, since the name begins with __Secure-)"),
                arguments(
                        P + "cookie: { name: __host-s, secure: false, domain: a.example, path: /a }",
                        P + "cookie.domain: a.example (expected: nothing, since the name begins with __Host-)\n" + P
                                + "cookie.path: /a (expected: /, since the name begins with __Host-)\n" + P
                                + "cookie.secure: false (expected: true, since the name begins with __Host-)"),
                arguments(
                        P + "cookie.lifetime: eternal",
                        P + "cookie.lifetime: eternal (expected: session or permanent)"));
    }

    static Stream<Arguments> routes() {
        String routes = "spring.cloud.gateway.server.webflux.routes: ";
        String own = "metadata: { balancing: weighted-round-robin }";
        return Stream.of(
                arguments(
                        routes
                                + "[ { id: r, uri: 'lb://shop', metadata.persistence: { type: cookie, idle-timeout: 5s } } ]",
                        ROUTE + "metadata.persistence.idle-timeout: 5s (expected: whole seconds, 30s-3600s)"),
                arguments(
                        routes + "[ { id: r, uri: 'lb://shop', metadata.persistence: { type: cookie, idle: 50s } } ]",
                        ROUTE
                                + "metadata.persistence.idle: unknown key (expected: type, idle-timeout, absolute-timeout, strict, cookie or source)"),
                arguments(
                        routes + "[ { id: r, uri: 'lb://shop', metadata.balancing: best } ]",
                        ROUTE
                                + "metadata.balancing: best (expected: weighted-round-robin, weighted-least-connections or ip-hash)"),
                arguments(
                        routes + "[ { id: r, uri: 'lb://shop', metadata.balancing: ip-hash } ]",
                        ROUTE
                                + "metadata.balancing: ip-hash (expected: weighted-round-robin with the upstream's persistence, cookie)"),
                arguments(
                        routes + "[ { id: r, uri: 'lb://other', " + own + " } ]",
                        ROUTE
                                + "uri: lb://other (expected: lb:// and shop, db or dns, since the route has a policy of its own)"),
                arguments(
                        routes + "[ { id: r, uri: 'http://h:1', " + own + " } ]",
                        ROUTE
                                + "uri: http://h:1 (expected: lb:// and shop, db or dns, since the route has a policy of its own)"),
                arguments(
                        routes + "[ { id: r, " + own + " } ]",
                        ROUTE
                                + "uri: missing (expected: lb:// and shop, db or dns, since the route has a policy of its own)"),
                arguments(
                        routes + "[ { id: r, uri: 'lb://My_Shop' } ]",
                        ROUTE
                                + "uri: lb://My_Shop (expected: lb:// in lower case and a name of letters, digits, \"-\" and \".\")"),
                arguments(
                        routes + "[ { id: r, uri: 'LB://shop' } ]",
                        ROUTE
                                + "uri: LB://shop (expected: lb:// in lower case and a name of letters, digits, \"-\" and \".\")"),
                arguments(
                        routes + "[ { uri: 'lb://db', " + own + " } ]",
                        ROUTE + "id: missing (expected: an id, since the route has a policy of its own)"),
                arguments(
                        routes + "[ { id: r, uri: 'lb://shop' }, { id: r, uri: 'http://h:1' } ]",
                        "spring.cloud.gateway.server.webflux.routes[1].id: r (expected: an id that no other route has)"),
                arguments(
                        routes + "[ { id: 'r 1', uri: 'lb://shop', metadata.persistence.type: cookie } ]",
                        ROUTE
                                + "metadata.persistence.cookie.name: mooring-r 1 (expected: letters, digits and any of !#$%&'*+-.^_`|~)"));
    }

    @Test
    void aRoutesIdMayBeAnythingWhereTheCookieIsNamed() {
        assertThat(violationsWith("""
                                spring.cloud.gateway.server.webflux.routes:
                                  - { id: "r 1", uri: "lb://shop", metadata: { persistence: { type: cookie, cookie.name: r1 } } }
                                """)).isEmpty();
    }

    @Test
    void timersOfIpHashAndOfNoPersistenceAreWarnings() {
        String yaml = UPSTREAM + """
                mooring.upstreams.shop: { balancing: ip-hash, persistence: { type: source-ip, idle-timeout: 60s, strict: true } }
                mooring.upstreams.web: { backends.a.address: "h:1", persistence: { type: none, absolute-timeout: 60s } }
                mooring.listeners:
                  a: { protocol: tcp, port: 1, upstream: shop }
                  b: { protocol: tcp, port: 2, upstream: web }
                """;

        Inspection inspection = inspect(yaml);

        assertThat(inspection.violations()).isEmpty();
        assertThat(inspection.warnings())
                .containsExactly(
                        P + "idle-timeout: 60s (no effect with ip-hash, which remembers nothing)",
                        P + "strict: true (no effect with ip-hash, which remembers nothing)",
                        "mooring.upstreams.web.persistence.absolute-timeout: 60s (no effect with type none)");
    }

    @Test
    void aRouteThatIsToBeSplitByPortIsAWarning() {
        String yaml = UPSTREAM + """
                mooring.upstreams.shop.persistence: { type: source-ip, source.share: { max-percent: 20, split: port } }
                spring.cloud.gateway.server.webflux.routes:
                  - id: r
                    uri: "lb://shop"
                    metadata.persistence: { type: source-ip, source.share: { max-percent: 20, split: port } }
                """;

        Inspection inspection = inspect(yaml);

        assertThat(inspection.violations()).isEmpty();
        assertThat(inspection.warnings())
                .containsExactly(
                        ROUTE
                                + "metadata.persistence.source.share.split: port (no effect on a route, since HTTP is not split)");
    }

    @Test
    void theTimersOfAnUpstreamHaveAnEffectThoughNotForAListenerThatHashes() {
        String yaml = UPSTREAM + """
                mooring.upstreams.shop.persistence: { type: source-ip, idle-timeout: 60s }
                mooring.listeners:
                  kept: { protocol: tcp, port: 1, upstream: shop }
                  hashed: { protocol: tcp, port: 2, upstream: shop, balancing: ip-hash }
                """;

        assertThat(inspect(yaml).warnings()).isEmpty();
    }

    @Test
    void whatIsProbablyNotMeantIsAWarning() {
        String yaml = UPSTREAM + """
                mooring.upstreams.idle.backends.a.address: "h:1"
                spring.cloud.gateway.server.webflux.routes:
                  - { id: r, uri: "lb://shop", metadata: { persistance: { type: cookie }, response-timeout: 5 } }
                  - { id: s, uri: "lb://Shop" }
                """;

        assertThat(inspect(yaml).warnings())
                .containsExactly(
                        ROUTE + "metadata.persistance: a block (not a key of a route's policy; is persistence meant?)",
                        "spring.cloud.gateway.server.webflux.routes[1].uri: lb://Shop (not an upstream of ours; is shop meant?)",
                        "mooring.upstreams.idle: a block (no route and no listener leads there)");
    }
}
