package io.mooring.config;

import static io.mooring.config.Configurations.VALID;
import static io.mooring.config.Configurations.violationsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule by itself: a document over a valid configuration, and the violations in it. */
class ViolationsTest {

    private static final String SHOP = "mooring.upstreams.shop.";
    private static final String DB = "mooring.upstreams.db.";

    @Test
    void theConfigurationUnderneathIsValid() {
        assertThat(violationsWith("{}")).isEmpty();
        assertThat(Configurations.inspect(VALID).warnings()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"values", "upstreams", "keys"})
    void isAViolation(String document, String expected) {
        assertThat(violationsWith(document)).containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments(
                        "mooring: nonsense",
                        "mooring: nonsense (expected: a block with data-dir, share-ports, upstreams, listeners, http,"
                                + " reload, admin or persistence)"),
                arguments(
                        "mooring.upstreams: nonsense",
                        "mooring.upstreams: nonsense (expected: a block with an entry for each name)"),
                arguments(
                        SHOP + "backends.shop-1: 127.0.0.1:80",
                        SHOP + "backends.shop-1: 127.0.0.1:80 (expected: a block with address, weight or state)"),
                arguments(
                        "spring.cloud.gateway.server.webflux.routes: nonsense",
                        "spring.cloud.gateway.server.webflux.routes: nonsense (expected: a list)"),
                arguments("mooring.persistence.keys: nonsense", "mooring.persistence.keys: *** (expected: a list)"),
                arguments(
                        SHOP + "persistence.idle-timeout: abc",
                        SHOP + "persistence.idle-timeout: abc (expected: whole seconds, 30s-3600s)"),
                arguments(
                        SHOP + "persistence.idle-timeout: 29s",
                        SHOP + "persistence.idle-timeout: 29s (expected: whole seconds, 30s-3600s)"),
                arguments(
                        SHOP + "persistence.idle-timeout: 3601s",
                        SHOP + "persistence.idle-timeout: 3601s (expected: whole seconds, 30s-3600s)"),
                arguments(
                        SHOP + "persistence.idle-timeout: 30500ms",
                        SHOP + "persistence.idle-timeout: 30500ms (expected: whole seconds, 30s-3600s)"),
                arguments(
                        SHOP + "persistence.absolute-timeout: 0s",
                        SHOP + "persistence.absolute-timeout: 0s (expected: a duration, 1s-400d)"),
                arguments(
                        SHOP + "persistence.absolute-timeout: -1h",
                        SHOP + "persistence.absolute-timeout: -1h (expected: a duration, 1s-400d)"),
                arguments(
                        "mooring.http.keepalive-timeout: 901s",
                        "mooring.http.keepalive-timeout: 901s (expected: a duration, 0s-900s)"),
                arguments(
                        "mooring.http.keepalive-timeout: -1s",
                        "mooring.http.keepalive-timeout: -1s (expected: a duration, 0s-900s)"),
                arguments(
                        SHOP + "balancing: round-robin",
                        SHOP
                                + "balancing: round-robin (expected: weighted-round-robin, weighted-least-connections or ip-hash)"),
                arguments(
                        SHOP + "persistence.type: cooky",
                        SHOP + "persistence.type: cooky (expected: none, cookie or source-ip)"),
                arguments(
                        SHOP + "persistence.strict: perhaps",
                        SHOP + "persistence.strict: perhaps (expected: true or false)"),
                arguments(
                        SHOP + "backends.shop-1.weight: x",
                        SHOP + "backends.shop-1.weight: x (expected: a whole number, 0-100)"),
                arguments(
                        SHOP + "backends.shop-1.weight: 101",
                        SHOP + "backends.shop-1.weight: 101 (expected: a whole number, 0-100)"),
                arguments(
                        SHOP + "backends.shop-1.weight: -1",
                        SHOP + "backends.shop-1.weight: -1 (expected: a whole number, 0-100)"),
                arguments(
                        DB + "persistence.source.ipv4-prefix: 33",
                        DB + "persistence.source.ipv4-prefix: 33 (expected: a whole number, 1-32)"),
                arguments(
                        DB + "persistence.source.ipv4-prefix: 0",
                        DB + "persistence.source.ipv4-prefix: 0 (expected: a whole number, 1-32)"),
                arguments(
                        DB + "persistence.source.ipv6-prefix: 129",
                        DB + "persistence.source.ipv6-prefix: 129 (expected: a whole number, 1-128)"),
                arguments(
                        DB + "persistence.source.share.max-percent: 0",
                        DB + "persistence.source.share.max-percent: 0 (expected: a whole number, 1-100)"),
                arguments(
                        DB + "persistence.source.share.max-percent: 101",
                        DB + "persistence.source.share.max-percent: 101 (expected: a whole number, 1-100)"),
                arguments(
                        DB + "persistence.source.share: { max-percent: 20, min-connections: 0 }",
                        DB + "persistence.source.share.min-connections: 0 (expected: a whole number, 1-16777216)"),
                arguments(
                        DB + "persistence.source.share: { max-percent: 20, split: address }",
                        DB + "persistence.source.share.split: address (expected: none or port)"),
                arguments(
                        "mooring.reload.interval: 3601s",
                        "mooring.reload.interval: 3601s (expected: a duration, 0s-3600s)"),
                arguments(
                        "mooring.reload.interval: -1s",
                        "mooring.reload.interval: -1s (expected: a duration, 0s-3600s)"),
                arguments(
                        "mooring.persistence.save-interval: 3601s",
                        "mooring.persistence.save-interval: 3601s (expected: a duration, 0s-3600s)"),
                arguments(
                        "mooring.persistence.save-interval: -1s",
                        "mooring.persistence.save-interval: -1s (expected: a duration, 0s-3600s)"),
                arguments(
                        DB + "persistence.source.max-entries: 16777217",
                        DB + "persistence.source.max-entries: 16777217 (expected: a whole number, 1-16777216)"),
                arguments(
                        DB + "persistence.source.max-entries: 99999999999",
                        DB + "persistence.source.max-entries: 99999999999 (expected: a whole number, 1-16777216)"),
                arguments("server.port: high", "server.port: high (expected: a whole number, -1-65535)"),
                arguments("mooring.data-dir: ' '", "mooring.data-dir:   (expected: a directory)"),
                arguments(
                        "mooring.data-dir: '${NOWHERE}/data'",
                        "mooring.data-dir: ${NOWHERE}/data (expected: a value for ${NOWHERE})"),
                arguments("mooring.http: 75s", "mooring.http: 75s (expected: a block with keepalive-timeout)"),
                arguments("mooring.upstreams.web: here", """
                        mooring.upstreams.web: here (expected: a block with balancing, persistence, proxy-protocol, tls, health-check, ejection, all-down, slow-start, flap-grace, drain-timeout, discovery, dns or backends)
                        mooring.upstreams.web.backends: missing (expected: one backend or more)"""));
    }

    static Stream<Arguments> upstreams() {
        String address = "host:port or [IPv6]:port, with a port of 1-65535";
        return Stream.concat(
                Stream.of(
                                "10.0.0.7",
                                "10.0.0.7:0",
                                "10.0.0.7:65536",
                                "10.0.0.300:80",
                                "http://a:80",
                                "a b:80",
                                ":80",
                                "a:http",
                                "::1:80",
                                "[::g]:80",
                                "[10.0.0.7]:80",
                                "-a:80",
                                "a..b:80",
                                "a/b:80",
                                "9001")
                        .map(text -> arguments(
                                SHOP + "backends.shop-1.address: '" + text + "'",
                                SHOP + "backends.shop-1.address: " + text + " (expected: " + address + ")")),
                Stream.of(
                        arguments(
                                SHOP + "backends.shop-3.weight: 5",
                                SHOP + "backends.shop-3.address: missing (expected: " + address + ")"),
                        arguments(
                                SHOP + "backends.shop-3: {}",
                                SHOP + "backends.shop-3.address: missing (expected: " + address + ")"),
                        arguments(
                                SHOP + "backends.shop-3.weight: x",
                                SHOP + "backends.shop-3.address: missing (expected: " + address + ")\n" + SHOP
                                        + "backends.shop-3.weight: x (expected: a whole number, 0-100)"),
                        arguments(
                                SHOP + "backends: { '[a b]': { address: 'h:1' } }",
                                SHOP + "backends[a b]: a b (expected: letters, digits, \".\", \"_\", \":\" and \"-\")"),
                        arguments(
                                "mooring.upstreams.web.backends: [ { address: 'h:1' } ]",
                                "mooring.upstreams.web.backends[0]: 0 (expected: a name that is not a number)"),
                        arguments(
                                "mooring.upstreams.web: {}",
                                "mooring.upstreams.web.backends: missing (expected: one backend or more)"),
                        arguments(
                                "mooring.upstreams.My_Web.backends.a.address: 'h:1'",
                                "mooring.upstreams.My_Web: My_Web (expected: a name that a URI's host can be: letters,"
                                        + " digits, \"-\" and \".\", its last part beginning with a letter)"),
                        arguments(
                                "mooring.upstreams: { '[web.1]': { backends.a.address: 'h:1' } }",
                                "mooring.upstreams[web.1]: web.1 (expected: a name that a URI's host can be: letters,"
                                        + " digits, \"-\" and \".\", its last part beginning with a letter)"),
                        arguments(
                                "mooring.upstreams: { web shop: { backends.a.address: 'h:1' } }",
                                "mooring.upstreams.webshop: web shop (expected: letters, digits, \"-\" and \"_\")"),
                        arguments(
                                "mooring.upstreams: { web-shop: { backends.a.address: 'h:1' }, webShop: {} }",
                                "mooring.upstreams.webShop: webShop beside web-shop (expected: names that differ in"
                                        + " more than case, \"-\" and \"_\")")));
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                arguments(
                        "mooring.persistence.keys: [ { secret: '0123456789abcdef' } ]",
                        "mooring.persistence.keys[0].id: missing (expected: a name)"),
                arguments(
                        "mooring.persistence.keys: [ { id: k } ]",
                        "mooring.persistence.keys[0].secret: missing (expected: 16 bytes or more)"),
                arguments(
                        "mooring.persistence.keys: [ { id: k, secret: 'tooshort' } ]",
                        "mooring.persistence.keys[0].secret: *** of 8 bytes (expected: 16 bytes or more)"),
                arguments(
                        "mooring.persistence.keys: [ { id: k, secret: '0123456789abcdef' }, { id: k, secret: '0123456789abcdeg' } ]",
                        "mooring.persistence.keys[1].id: k (expected: an id that no other key has)"),
                arguments(
                        "mooring.persistence.keys: [ { id: k, secret: '${MOORING_KEY}' } ]",
                        "mooring.persistence.keys[0].secret: *** (expected: a value for ${MOORING_KEY})"),
                arguments("mooring.persistence.keys: [ { idd: k }, { id: l, secret: '${MOORING_KEY}' } ]", """
                        mooring.persistence.keys[0].id: missing (expected: a name)
                        mooring.persistence.keys[0].idd: unknown key (expected: id)
                        mooring.persistence.keys[0].secret: missing (expected: 16 bytes or more)
                        mooring.persistence.keys[1].secret: *** (expected: a value for ${MOORING_KEY})"""),
                arguments("mooring.persistence.keys: swordfish", "mooring.persistence.keys: *** (expected: a list)"),
                arguments("mooring.persistence.keys: [ swordfish ]", """
                        mooring.persistence.keys[0]: *** (expected: a block with id or secret)
                        mooring.persistence.keys[0].id: missing (expected: a name)
                        mooring.persistence.keys[0].secret: missing (expected: 16 bytes or more)"""),
                arguments("mooring.htp.keepalive-timeout: 1s", "mooring.htp: unknown key (expected: http)"),
                arguments(
                        SHOP + "persistence.idle-timout: 60s",
                        SHOP + "persistence.idle-timout: unknown key (expected: idle-timeout)"),
                arguments(SHOP + "persistance.type: none", SHOP + "persistance: unknown key (expected: persistence)"),
                arguments(
                        SHOP + "backends.shop-1.zone: a",
                        SHOP + "backends.shop-1.zone: unknown key (expected: address, weight or state)"),
                arguments("mooring.upstreams: { my.shop: { backends.a.address: 'h:1' } }", """
                        mooring.upstreams.my.backends: missing (expected: one backend or more)
                        mooring.upstreams.my.shop: unknown key (expected: balancing, persistence, proxy-protocol, tls, health-check, ejection, all-down, slow-start, flap-grace, drain-timeout, discovery, dns or backends)"""));
    }
}
