package io.mooring.config;

import static io.mooring.config.Configurations.inspect;
import static io.mooring.config.Configurations.violations;
import static io.mooring.config.Configurations.violationsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerViolationsTest {

    private static final String L = "mooring.listeners.x.";
    private static final String TCP = "mooring.listeners.x: { protocol: tcp, port: 1, upstream: db }\n";
    private static final String UDP = "mooring.listeners.x: { protocol: udp, port: 1, upstream: db }\n";

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void isAViolation(String document, String expected) {
        assertThat(violationsWith(document)).containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                arguments(
                        "mooring.listeners.x: {}",
                        L + "port: missing (expected: a whole number, 0-65535)\n" + L
                                + "protocol: missing (expected: tcp, tls or udp)\n" + L
                                + "upstream: missing (expected: shop, db or dns)"),
                arguments(TCP + L + "port: 65536", L + "port: 65536 (expected: a whole number, 0-65535)"),
                arguments(TCP + L + "port: -1", L + "port: -1 (expected: a whole number, 0-65535)"),
                arguments(TCP + L + "upstream: bd", L + "upstream: bd (expected: shop, db or dns)"),
                arguments(
                        TCP + L + "idle-timeout: 9s",
                        L + "idle-timeout: 9s (expected: a duration, 10s-3600s with protocol tcp)"),
                arguments(TCP + L + "idle-timeout: 2h", L + "idle-timeout: 2h (expected: a duration, 1s-3600s)"),
                arguments(UDP + L + "idle-timeout: 500ms", L + "idle-timeout: 500ms (expected: a duration, 1s-3600s)"),
                arguments(TCP + L + "connect-timeout: 0s", L + "connect-timeout: 0s (expected: a duration, 1s-120s)"),
                arguments(
                        TCP + L + "connect-timeout: 121s", L + "connect-timeout: 121s (expected: a duration, 1s-120s)"),
                arguments(UDP + L + "max-flows: 0", L + "max-flows: 0 (expected: a whole number, 1-16777216)"),
                arguments(UDP + L + "responses: -1", L + "responses: -1 (expected: a whole number, 0-1000)"),
                arguments(UDP + L + "responses: 1001", L + "responses: 1001 (expected: a whole number, 0-1000)"),
                arguments(
                        TCP + L + "responses: 1",
                        L + "responses: 1 (expected: nothing, since it has no effect with protocol tcp)"),
                arguments(
                        TCP + L + "max-flows: 5",
                        L + "max-flows: 5 (expected: nothing, since it has no effect with protocol tcp)"),
                arguments(
                        UDP + L + "connect-timeout: 5s",
                        L + "connect-timeout: 5s (expected: nothing, since it has no effect with protocol udp)"),
                arguments(
                        TCP + L + "max-connections: 0",
                        L + "max-connections: 0 (expected: a whole number, 1-16777216)"),
                arguments(
                        TCP + L + "max-connection-rate: 1000001",
                        L + "max-connection-rate: 1000001 (expected: a whole number, 1-1000000)"),
                arguments(TCP + L + "backlog: 65536", L + "backlog: 65536 (expected: a whole number, 1-65535)"),
                arguments(
                        TCP + L + "first-byte-timeout: 0s",
                        L + "first-byte-timeout: 0s (expected: a duration, 1s-3600s)"),
                arguments(
                        TCP + L + "keep-alive: { idle: 500ms, interval: 40000s, probes: 128 }",
                        L + "keep-alive.idle: 500ms (expected: whole seconds, 1s-32767s)\n" + L
                                + "keep-alive.interval: 40000s (expected: whole seconds, 1s-32767s)\n" + L
                                + "keep-alive.probes: 128 (expected: a whole number, 1-127)"),
                arguments(
                        TCP + L + "proxy-protocol: { timeout: 5s }",
                        L + "proxy-protocol.from: missing (expected: the address of one proxy or more)"),
                arguments(
                        TCP + L + "proxy-protocol: { from: 10.0.0.1, timeout: 61s }",
                        L + "proxy-protocol.timeout: 61s (expected: a duration, 1s-60s)"),
                arguments(TCP + L + "proxy-protocol: { from: [ 10.0.0.0/33 ] }", range("10.0.0.0/33")),
                arguments(TCP + L + "proxy-protocol: { from: [ 10.0.0.1, lb.example.org ] }", range("lb.example.org")),
                arguments(TCP + L + "proxy-protocol: { from: [ '2001:db8::/129' ] }", range("2001:db8::/129")),
                arguments(TCP + L + "proxy-protocol: { from: [ '10.0.0.0/' ] }", range("10.0.0.0/")),
                arguments(
                        UDP + L + "max-connections: 5\n" + L + "max-connection-rate: 5\n" + L + "backlog: 5\n" + L
                                + "first-byte-timeout: 5s\n" + L + "proxy-protocol.from: 10.0.0.1\n" + L
                                + "keep-alive.idle: 5s",
                        noEffectOnUdp("backlog", "5") + "\n" + noEffectOnUdp("first-byte-timeout", "5s") + "\n"
                                + noEffectOnUdp("keep-alive", "a block") + "\n"
                                + noEffectOnUdp("max-connection-rate", "5") + "\n"
                                + noEffectOnUdp("max-connections", "5") + "\n"
                                + noEffectOnUdp("proxy-protocol", "a block")),
                arguments(
                        TCP + L + "reschedule: { delay: 5s }",
                        L + "reschedule.when: missing (expected: one or more of removed, unhealthy, drained and"
                                + " added)"),
                arguments(
                        UDP + L + "reschedule: { when: [ removed, moved ] }",
                        L + "reschedule.when[1]: moved (expected: removed, unhealthy, drained or added)"),
                arguments(
                        TCP + L + "reschedule: { when: added, delay: 3601s, window: 2h }",
                        L + "reschedule.delay: 3601s (expected: a duration, 0s-3600s)\n" + L
                                + "reschedule.window: 2h (expected: a duration, 0s-3600s)"),
                arguments(
                        TCP + L + "reschedule: { when: unhealthy }\nmooring.upstreams.db.ejection.failures: 0",
                        L + "reschedule.when: unhealthy (expected: no unhealthy, since nothing finds a backend down:"
                                + " there is no health-check, and ejection.failures is 0)"),
                arguments(
                        TCP + L + "reschedule: { when: added, until: 5s }",
                        L + "reschedule.until: unknown key (expected: when, delay or window)"),
                arguments(
                        "mooring.upstreams.shop.proxy-protocol: v2",
                        "mooring.upstreams.shop.proxy-protocol: v2 (expected: nothing, since a route leads there)"),
                arguments(
                        "mooring.upstreams.dns.proxy-protocol: v1",
                        "mooring.upstreams.dns.proxy-protocol: v1 (expected: nothing, since a udp listener leads"
                                + " there)"),
                arguments(
                        "mooring.upstreams.db.proxy-protocol: v3",
                        "mooring.upstreams.db.proxy-protocol: v3 (expected: v1 or v2)"),
                arguments(
                        TCP + L + "address: '0.0.0.0:80'",
                        L
                                + "address: 0.0.0.0:80 (expected: an IP address or host name of this machine, without a port)"),
                arguments(TCP + L + "protocol: sctp", L + "protocol: sctp (expected: tcp, tls or udp)"),
                arguments(
                        TCP + L + "upstream: shop",
                        L + "upstream: shop (expected: an upstream whose persistence is none or source-ip)"),
                arguments(
                        TCP + L + "upstream: shop\n" + L + "balancing: weighted-least-connections",
                        L + "upstream: shop (expected: an upstream whose persistence is none or source-ip)"),
                arguments(
                        TCP + L + "balancing: weighted-least-connections",
                        L + "balancing: weighted-least-connections (expected: weighted-round-robin or ip-hash with the"
                                + " upstream's persistence, source-ip)"),
                arguments(
                        TCP + L + "persistence: { type: source-ip, idle-timeout: 5s }",
                        L + "persistence.idle-timeout: 5s (expected: whole seconds, 30s-3600s)"),
                arguments(
                        "mooring.listeners: { '[a b]': { protocol: tcp, port: 1, upstream: db } }",
                        "mooring.listeners[a b]: a b (expected: letters, digits, \".\", \"_\", \":\" and \"-\")"));
    }

    private static String range(String text) {
        return L + "proxy-protocol.from: " + text
                + " (expected: IP addresses, or ranges such as 10.0.0.0/8 or 2001:db8::/32)";
    }

    private static String noEffectOnUdp(String key, String value) {
        return L + key + ": " + value + " (expected: nothing, since it has no effect with protocol udp)";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    http  | Remove the listener: HTTP is served on server.port, and routes lead it to upstreams.
                    https | Remove the listener: HTTPS is served on server.port once server.ssl.bundle names a certificate.
                    """)
    void otherProtocolsAreRejectedWithWhatToDo(String protocol, String action) {
        Inspection inspection = inspect(TCP + L + "protocol: " + protocol, Configurations.VALID);

        assertThat(inspection.violations())
                .containsExactly(new Violation(L + "protocol", protocol, "tcp, tls or udp", action));
    }

    @Test
    void theManagementPortIsChosenByTheOperator() {
        assertThat(violationsWith("management.server: { port: 0, address: 127.0.0.1 }"))
                .containsExactly("management.server.port: 0 (expected: 1-65535)");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("duplicatePorts")
    void aPortIsOpenedOnce(String document, String property, String other) {
        String port = document.replaceAll("(?s).*port: (\\d+).*", "$1");

        assertThat(violationsWith(document))
                .containsExactly(property + ": " + port + " (expected: another port than " + other + ")");
    }

    static Stream<Arguments> duplicatePorts() {
        return Stream.of(
                arguments(TCP + L + "port: 15432", L + "port", "mooring.listeners.db.port"),
                arguments(TCP + L + "port: 8080", L + "port", "server.port"),
                arguments("server.port: 9\n" + TCP + L + "port: 9", L + "port", "server.port"),
                arguments(
                        AdminViolationsTest.GUARDED + "management.server.port: 99\n" + TCP + L + "port: 99",
                        L + "port",
                        "management.server.port"),
                arguments(
                        "management.server: { port: 99, address: 127.0.0.1 }\n" + TCP + L + "port: 99",
                        L + "port",
                        "management.server.port"),
                arguments(
                        "management.server: { port: 99, address: localhost }\n" + TCP + L + "address: 127.0.0.1\n" + L
                                + "port: 99",
                        L + "port",
                        "management.server.port"),
                arguments(TCP + L + "address: '::'\n" + L + "port: 15432", L + "port", "mooring.listeners.db.port"),
                arguments(
                        "management.server.address: 127.0.0.1\nserver.port: 99\nmanagement.server.port: 99",
                        "management.server.port",
                        "server.port"),
                arguments(UDP + L + "port: 15353", L + "port", "mooring.listeners.dns.port"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TCP + L + "port: 15353",
                UDP + L + "port: 15432",
                UDP + L + "port: 8080",
                TCP + L + "port: 0\nmooring.listeners.db.port: 0",
                "server: { port: 99, address: 127.0.0.1 }\n" + TCP + L + "address: 127.0.0.2\n" + L + "port: 99",
                "server.port: -1\nmanagement.server.port: -1",
            })
    void portsOfOtherProtocolsOrAddressesMayBeTheSame(String document) {
        assertThat(violationsWith(document)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "fe80::1%1"})
    void aListenerBindsAnAddress(String address) {
        assertThat(violations(inspect(TCP + L + "address: '" + address + "'", Configurations.VALID)))
                .isEmpty();
    }
}
