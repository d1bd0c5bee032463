package io.mooring.config;

import static io.mooring.config.Configurations.inspect;
import static io.mooring.config.Configurations.violationsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.topology.DiscoverySpec;
import io.mooring.balancer.topology.DiscoverySpec.Family;
import io.mooring.balancer.topology.DiscoverySpec.Source;
import io.mooring.balancer.topology.DiscoverySpec.Terms;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.Backend;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the configuration says of members that are to be found, right and wrong. */
class DiscoveryViolationsTest {

    private static final String FOUND = "mooring.upstreams.found.";

    @ParameterizedTest(name = "{0}")
    @MethodSource({"registries", "names", "upstreams"})
    void isAViolation(String document, String expected) {
        assertThat(violationsWith(document)).containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> registries() {
        return Stream.of(
                registry("{ interval: 5s }", ".service-id: missing (expected: 1-253 characters without spaces)"),
                registry("{ service-id: '' }", ".service-id: empty (expected: 1-253 characters without spaces)"),
                registry("{ service-id: 'a b' }", ".service-id: a b (expected: 1-253 characters without spaces)"),
                registry(
                        "{ service-id: a, weight-metadata: 'b c' }",
                        ".weight-metadata: b c (expected: 1-253 characters without spaces)"),
                registry("{ service-id: a, interval: 0s }", ".interval: 0s (expected: a duration, 1s-3600s)"),
                registry("{ service-id: a, interval: 3601s }", ".interval: 3601s (expected: a duration, 1s-3600s)"),
                registry("{ service-id: a, timeout: 61s }", ".timeout: 61s (expected: a duration, 1s-60s)"),
                registry("{ service-id: a, timeout: x }", ".timeout: x (expected: a duration, 1s-60s)"),
                registry("{ service-id: a, on-empty: drop }", ".on-empty: drop (expected: keep or remove)"),
                registry(
                        "{ service-id: a, port: 1 }",
                        ".port: unknown key (expected: service-id, weight-metadata,"
                                + " interval, timeout or on-empty)"),
                registry("{ service-id: a, service: b }", ".service: unknown key (expected: service-id)"));
    }

    static Stream<Arguments> names() {
        return Stream.of(
                name("{ name: h }", ".port: missing (expected: a whole number, 1-65535)"),
                name("{ port: 1 }", ".name: missing (expected: a host name)"),
                name("{ name: 10.0.0.1, port: 1 }", ".name: 10.0.0.1 (expected: a host name)"),
                name("{ name: '::1', port: 1 }", ".name: ::1 (expected: a host name)"),
                name("{ name: 'h:1', port: 1 }", ".name: h:1 (expected: a host name)"),
                name("{ name: 'a/b', port: 1 }", ".name: a/b (expected: a host name)"),
                name("{ name: h, port: 0 }", ".port: 0 (expected: a whole number, 1-65535)"),
                name("{ name: h, port: 1, family: ipx }", ".family: ipx (expected: any, ipv4 or ipv6)"),
                name("{ name: h, port: 1, interval: 0s }", ".interval: 0s (expected: a duration, 1s-3600s)"),
                name("{ name: h, port: 1, timeout: 0s }", ".timeout: 0s (expected: a duration, 1s-60s)"),
                name("{ name: h, port: 1, on-empty: x }", ".on-empty: x (expected: keep or remove)"),
                name(
                        "{ name: h, port: 1, servers: [ 10.0.0.2, ns.internal ] }",
                        ".servers[1]: ns.internal (expected: an IP address, or one with a port)"),
                name(
                        "{ name: h, port: 1, servers: [ '10.0.0.2:0' ] }",
                        ".servers[0]: 10.0.0.2:0 (expected: an IP address, or one with a port)"));
    }

    static Stream<Arguments> upstreams() {
        return Stream.of(
                arguments(
                        FOUND + "discovery: { service-id: a }\n" + FOUND + "dns: { name: h, port: 1 }",
                        FOUND + "dns: a block (expected: nothing, since discovery says where members are found)"),
                arguments(
                        FOUND + "discovery: { service-id: a }\n" + FOUND + "backends.b.address: nowhere",
                        FOUND + "backends.b.address: nowhere (expected: host:port or [IPv6]:port, with a port of"
                                + " 1-65535)"),
                arguments(
                        FOUND + "discovery: { service-id: a }\n" + FOUND + "backends.b.weight: 101",
                        FOUND + "backends.b.weight: 101 (expected: a whole number, 0-100)"));
    }

    @Test
    void defaultsAreTakenOver() {
        assertThat(found("discovery: { service-id: SHOP }").discovery())
                .contains(new DiscoverySpec(
                        new Source.Registry("SHOP", Optional.empty()),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(5),
                        true,
                        Map.of()));
        assertThat(found("dns: { name: shop.internal, port: 80 }").discovery())
                .contains(new DiscoverySpec(
                        new Source.Names("shop.internal", 80, Family.ANY, List.of()),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5),
                        true,
                        Map.of()));
    }

    @Test
    void everyKeyIsTakenOver() {
        assertThat(found("""
                                discovery:
                                  service-id: shop
                                  weight-metadata: weight
                                  interval: 60
                                  timeout: 3s
                                  on-empty: remove
                                """).discovery())
                .contains(new DiscoverySpec(
                        new Source.Registry("shop", Optional.of("weight")),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(3),
                        false,
                        Map.of()));
        assertThat(found("""
                                dns:
                                  name: shop.internal.
                                  port: 8080
                                  family: ipv6
                                  servers: [ 10.0.0.2, "10.0.0.3:5353", "2001:db8::1", "[2001:db8::2]:54" ]
                                  interval: 1h
                                  timeout: 1s
                                  on-empty: remove
                                """).discovery())
                .contains(new DiscoverySpec(
                        new Source.Names(
                                "shop.internal.",
                                8080,
                                Family.IPV6,
                                List.of(
                                        new InetSocketAddress("10.0.0.2", 53),
                                        new InetSocketAddress("10.0.0.3", 5353),
                                        new InetSocketAddress("2001:db8::1", 53),
                                        new InetSocketAddress("2001:db8::2", 54))),
                        Duration.ofHours(1),
                        Duration.ofSeconds(1),
                        false,
                        Map.of()));
    }

    @Test
    void aBackendWithoutAnAddressSaysTheWeightAndStateOfAMember() {
        UpstreamSpec found = found("""
                discovery: { service-id: shop }
                backends:
                  fixed: { address: "127.0.0.1:1" }
                  "[shop.1]": { weight: 0 }
                  shop-2: { state: draining }
                """);

        assertThat(found.backends()).containsExactly(new Backend("fixed", "127.0.0.1", 1, 10));
        assertThat(found.discovery().orElseThrow().terms())
                .isEqualTo(
                        Map.of("shop.1", new Terms(0, AdminState.READY), "shop-2", new Terms(10, AdminState.DRAINING)));
    }

    @Test
    void anUpstreamNeedsNoBackendIfMembersAreFound() {
        assertThat(found("discovery: { service-id: shop }").backends()).isEmpty();
    }

    private static Arguments registry(String block, String expected) {
        return arguments(FOUND + "discovery: " + block, FOUND + "discovery" + expected);
    }

    private static Arguments name(String block, String expected) {
        return arguments(FOUND + "dns: " + block, FOUND + "dns" + expected);
    }

    private static UpstreamSpec found(String yaml) {
        return inspect("mooring.upstreams.found:\n" + yaml.indent(2), Configurations.VALID)
                .orThrow()
                .topology()
                .upstreams()
                .stream()
                .filter(upstream -> upstream.name().equals("found"))
                .findFirst()
                .orElseThrow();
    }
}
