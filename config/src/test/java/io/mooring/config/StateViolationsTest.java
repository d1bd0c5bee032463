package io.mooring.config;

import static io.mooring.config.Configurations.inspect;
import static io.mooring.config.Configurations.violationsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.Payload;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.topology.ProbeSpec.StatusRange;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.BackendFault;
import io.mooring.balancer.upstream.EjectionPolicy;
import io.mooring.balancer.upstream.StatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the configuration says of backends' states, right and wrong. */
class StateViolationsTest {

    private static final String SHOP = "mooring.upstreams.shop.";
    private static final String CHECK = SHOP + "health-check";

    @ParameterizedTest(name = "{0}")
    @MethodSource({"checks", "states"})
    void isAViolation(String document, String expected) {
        assertThat(violationsWith(document)).containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> checks() {
        return Stream.of(
                check("{ path: /x }", ".type: missing (expected: tcp, http, grpc or udp)"),
                check("{ type: ping }", ".type: ping (expected: tcp, http, grpc or udp)"),
                check("{ type: tcp, interval: 1s }", ".interval: 1s (expected: a duration, 2s-300s)"),
                check("{ type: tcp, interval: 301s }", ".interval: 301s (expected: a duration, 2s-300s)"),
                check("{ type: tcp, timeout: 1s }", ".timeout: 1s (expected: a duration, 2s-60s)"),
                check("{ type: tcp, timeout: 61s }", ".timeout: 61s (expected: a duration, 2s-60s)"),
                check("{ type: tcp, timeout: 5s }", ".timeout: 5s (expected: less than the interval)"),
                check(
                        "{ type: tcp, interval: 2s }",
                        ".interval: 2s (expected: more than the timeout, which is 2s if not set)"),
                check("{ type: tcp, rise: 1 }", ".rise: 1 (expected: a whole number, 2-10)"),
                check("{ type: tcp, fall: 11 }", ".fall: 11 (expected: a whole number, 2-10)"),
                check("{ type: tcp, port: 0 }", ".port: 0 (expected: a whole number, 1-65535)"),
                check("{ type: tcp, tls: maybe }", ".tls: maybe (expected: upstream, none, verify or insecure)"),
                check(
                        "{ type: tcp, tls: upstream }",
                        ".tls: upstream (expected: none, verify or insecure, since the upstream has no tls)"),
                check(
                        "{ type: udp, tls: upstream }",
                        ".tls: upstream (expected: nothing, since it has no effect with type udp)"),
                check("{ type: tcp, path: /x }", ".path: /x (expected: nothing, since it has no effect with type tcp)"),
                check("{ type: http, send: x }", ".send: x (expected: nothing, since it has no effect with type http)"),
                check(
                        "{ type: udp, tls: verify }",
                        ".tls: verify (expected: nothing, since it has no effect with type udp)"),
                check(
                        "{ type: tcp, server-name: a }",
                        ".server-name: a (expected: nothing, since it has no effect without tls)"),
                check("{ type: http, method: get }", ".method: get (expected: a method in capitals)"),
                check("{ type: http, path: healthz }", ".path: healthz (expected: a path that begins with /)"),
                check("{ type: http, path: '/a b' }", ".path: /a b (expected: a path that begins with /)"),
                check("{ type: http, host: 'a/b' }", ".host: a/b (expected: a host, or host:port)"),
                check(
                        "{ type: http, expect: 600 }",
                        ".expect: 600 (expected: statuses and ranges of them within 100-599)"),
                check(
                        "{ type: http, expect: 300-200 }",
                        ".expect: 300-200 (expected: statuses and ranges of them within 100-599)"),
                check("{ type: http, method: HEAD, body: ok }", ".body: ok (expected: nothing, since HEAD has none)"),
                check(
                        "{ type: udp, send: 'hex:0' }",
                        ".send: hex:0 (expected: 1-500 characters, or hex: and pairs of hexadecimal digits)"),
                check(
                        "{ type: udp, reply: 'hex:xy' }",
                        ".reply: hex:xy (expected: 1-500 characters, or hex: and pairs of hexadecimal digits)"),
                check(
                        "{ type: udp, send: '' }",
                        ".send: empty (expected: 1-500 characters, or hex: and pairs of hexadecimal digits)"),
                check("{ type: tcp, intervall: 5s }", ".intervall: unknown key (expected: interval)"),
                arguments(
                        CHECK + ": tcp",
                        CHECK + ": tcp (expected: a block with type, interval, timeout, rise, fall, port, tls,"
                                + " server-name, method, path, host, expect, body, service, send or reply)"));
    }

    static Stream<Arguments> states() {
        return Stream.of(
                state("all-down: wait", "(expected: try-all or refuse)"),
                state("slow-start: 3601s", "(expected: a duration, 0s-3600s)"),
                state("flap-grace: 301s", "(expected: a duration, 0s-300s)"),
                state("drain-timeout: 0s", "(expected: a duration, 1s-1d)"),
                state("ejection.failures: 1001", "(expected: a whole number, 0-1000)"),
                state("ejection.time: 0s", "(expected: a duration, 1s-3600s)"),
                state("ejection.max-time: 9s", "(expected: the time of the first ejection or longer)"),
                state("ejection.max-share: 101", "(expected: a whole number, 0-100)"),
                state("ejection.counts: hunger", "(expected: a list of connect, reset, timeout or gateway-error)"),
                arguments(
                        SHOP + "flap-grace: 30s\n" + SHOP + "ejection.failures: 0",
                        SHOP + "flap-grace: 30s (expected: 0s, since nothing finds a backend down: there is no"
                                + " health-check, and ejection.failures is 0)"));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 501})
    void aPayloadHasUpTo500Characters(int length) {
        String document = CHECK + ": { type: udp, send: '" + "x".repeat(length) + "' }";

        assertThat(violationsWith(document)).hasSize(length - 500);
    }

    @Test
    void everyKeyIsTakenOver() {
        UpstreamSpec shop = shop("""
                health-check:
                  type: http
                  interval: 10s
                  timeout: 3
                  rise: 2
                  fall: 4
                  port: 8081
                  tls: verify
                  server-name: shop.example
                  method: POST
                  path: /ready?deep=1
                  host: "shop.example:8443"
                  expect: 200, 204,301-302
                  body: "\\"ok\\""
                ejection: { failures: 2, counts: [ connect, gateway-error ], time: 3s, max-time: 1m, max-share: 34 }
                all-down: refuse
                slow-start: 60
                flap-grace: 20s
                drain-timeout: 5m
                """);

        assertThat(shop.healthCheck())
                .contains(new HealthCheckSpec(
                        new ProbeSpec.Http(
                                "POST",
                                "/ready?deep=1",
                                "shop.example:8443",
                                List.of(
                                        new StatusRange(200, 200),
                                        new StatusRange(204, 204),
                                        new StatusRange(301, 302)),
                                "\"ok\"",
                                new ProbeSpec.Tls.Apart(true, "shop.example")),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(3),
                        2,
                        4,
                        8081));
        assertThat(shop.states())
                .isEqualTo(new StatePolicy(
                        true,
                        AllDown.REFUSE,
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(20),
                        Duration.ofMinutes(5),
                        new EjectionPolicy(
                                2,
                                Set.of(BackendFault.CONNECT, BackendFault.GATEWAY_ERROR),
                                Duration.ofSeconds(3),
                                Duration.ofMinutes(1),
                                34)));
    }

    @ParameterizedTest
    @MethodSource("probes")
    void everyTypeOfProbeIsTakenOver(String block, ProbeSpec expected) {
        assertThat(shop("health-check: " + block).healthCheck().orElseThrow().probe())
                .isEqualTo(expected);
    }

    static Stream<Arguments> probes() {
        return Stream.of(
                arguments("{ type: tcp }", new ProbeSpec.Tcp(null)),
                arguments("{ type: tcp, tls: insecure }", new ProbeSpec.Tcp(new ProbeSpec.Tls.Apart(false, null))),
                arguments("{ type: grpc }", new ProbeSpec.Grpc("", null)),
                arguments("{ type: grpc, service: shop.Cart }", new ProbeSpec.Grpc("shop.Cart", null)),
                arguments("{ type: udp }", new ProbeSpec.Udp(new Payload("00"), null)),
                arguments(
                        "{ type: udp, send: 'ping', reply: 'hex:706F' }",
                        new ProbeSpec.Udp(new Payload("70696e67"), new Payload("706f"))));
    }

    @Test
    void withoutFailuresThereIsNoEjection() {
        assertThat(shop("ejection.failures: 0").states().ejection()).isNull();
    }

    private static Arguments check(String block, String expected) {
        return arguments(CHECK + ": " + block, CHECK + expected);
    }

    private static Arguments state(String line, String expected) {
        return arguments(SHOP + line, SHOP + line + " " + expected);
    }

    private static UpstreamSpec shop(String yaml) {
        String document = "mooring.upstreams.shop:\n" + yaml.indent(2);
        return inspect(document, Configurations.VALID)
                .orThrow()
                .topology()
                .upstreams()
                .get(0);
    }
}
