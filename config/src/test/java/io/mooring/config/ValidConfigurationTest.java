package io.mooring.config;

import static io.mooring.config.Configurations.environment;
import static io.mooring.config.Configurations.inspect;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.CookieAttributes.Lifetime;
import io.mooring.balancer.session.CookieAttributes.SameSite;
import io.mooring.balancer.session.CookieAttributes.Secure;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.session.SourceShare;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.AddressRange;
import io.mooring.balancer.topology.FlowSpec;
import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.topology.ProbeSpec.StatusRange;
import io.mooring.balancer.topology.RouteSpec;
import io.mooring.balancer.topology.TcpSpec;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.mooring.balancer.upstream.StatePolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ValidConfigurationTest {

    private static final String DESIGN = """
            server:
              port: 8080
            mooring:
              data-dir: ./data
              upstreams:
                shop:
                  balancing: weighted-round-robin
                  persistence:
                    type: cookie
                    idle-timeout: 1000s
                    absolute-timeout: 12h
                    strict: false
                    cookie: { name: shop-session, path: /, same-site: lax, lifetime: session }
                  health-check: { type: http, path: /healthz, interval: 5s, timeout: 2s, rise: 3, fall: 3, expect: 200-399 }
                  backends:
                    shop-1: { address: "127.0.0.1:9001", weight: 10 }
                    shop-2: { address: "127.0.0.1:9002" }
                db:
                  balancing: weighted-round-robin
                  persistence: { type: source-ip, idle-timeout: 300s }
                  backends:
                    db-1: { address: "127.0.0.1:5432" }
                dns:
                  backends:
                    dns-1: { address: "[::1]:53" }
              listeners:
                db:  { protocol: tcp, port: 15432, upstream: db, idle-timeout: 900s }
                dns: { protocol: udp, port: 15353, upstream: dns, idle-timeout: 300s }
              http:
                keepalive-timeout: 75s
              persistence:
                keys: [ { id: k1, secret: "${MOORING_KEY}" } ]
            spring:
              cloud:
                gateway:
                  server:
                    webflux:
                      routes:
                        - id: shop
                          uri: lb://shop
                          predicates: [ "Path=/**" ]
                          metadata:
                            balancing: weighted-round-robin
                            persistence: { type: cookie, idle-timeout: 60s }
            """;

    private static final String UPSTREAM = """
            mooring.upstreams.shop.backends.a.address: "127.0.0.1:1"
            spring.cloud.gateway.server.webflux.routes[0]: { id: r, uri: "lb://shop" }
            """;

    @Test
    void theDesignsExampleIsValidAndMeansWhatItSays() {
        Inspection inspection =
                ConfigurationCheck.inspect(environment(Map.of("MOORING_KEY", "0123456789abcdef"), DESIGN));

        assertThat(inspection.violations()).isEmpty();
        assertThat(inspection.warnings()).isEmpty();
        GatewaySettings settings = inspection.orThrow();
        assertThat(settings.keepaliveTimeout()).isEqualTo(Duration.ofSeconds(75));
        assertThat(settings.dataDir()).isEqualTo(Path.of("./data"));
        assertThat(settings.saveInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.keys()).extracting(SigningKey::id).containsExactly("k1");
        assertThat(settings.topology().upstreams())
                .extracting(UpstreamSpec::name)
                .containsExactly("shop", "db", "dns");
        UpstreamSpec shop = settings.topology().upstreams().get(0);
        assertThat(shop.backends())
                .containsExactly(
                        new Backend("shop-1", "127.0.0.1", 9001, 10), new Backend("shop-2", "127.0.0.1", 9002, 10));
        assertThat(shop.policy())
                .isEqualTo(new Policy(
                        Balancing.WEIGHTED_ROUND_ROBIN,
                        new Persistence.Cookie(
                                new SessionTimeouts(Duration.ofSeconds(1000), Duration.ofHours(12)),
                                false,
                                CookieAttributes.named("shop-session"))));
        assertThat(shop.healthCheck())
                .contains(new HealthCheckSpec(
                        new ProbeSpec.Http("GET", "/healthz", null, List.of(new StatusRange(200, 399)), null, null),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(2),
                        3,
                        3,
                        null));
        assertThat(settings.topology().upstreams().get(2).backends())
                .containsExactly(new Backend("dns-1", "::1", 53, 10));
        assertThat(settings.topology().listeners())
                .containsExactly(
                        new ListenerSpec(
                                "db",
                                Protocol.TCP,
                                "0.0.0.0",
                                15432,
                                "db",
                                Optional.empty(),
                                Duration.ofSeconds(900),
                                Duration.ofSeconds(4),
                                FlowSpec.DEFAULT),
                        new ListenerSpec(
                                "dns",
                                Protocol.UDP,
                                "0.0.0.0",
                                15353,
                                "dns",
                                Optional.empty(),
                                Duration.ofSeconds(300),
                                Duration.ofSeconds(4),
                                FlowSpec.DEFAULT));
        assertThat(settings.topology().routes())
                .containsExactly(new RouteSpec(
                        "shop",
                        "shop",
                        Optional.of(new Policy(
                                Balancing.WEIGHTED_ROUND_ROBIN,
                                new Persistence.Cookie(
                                        new SessionTimeouts(Duration.ofSeconds(60), null),
                                        false,
                                        CookieAttributes.named("mooring-shop"))))));
    }

    @Test
    void nothingConfiguredIsValid() {
        GatewaySettings settings = inspect().orThrow();

        assertThat(settings.topology().upstreams()).isEmpty();
        assertThat(settings.keys()).isEmpty();
        assertThat(settings.keepaliveTimeout()).isEqualTo(Duration.ofSeconds(75));
        assertThat(settings.dataDir()).isEqualTo(Path.of("./data"));
    }

    @Test
    void defaultsAreTheBalancers() {
        String yaml = """
                mooring.upstreams.shop.persistence.type: source-ip
                mooring.listeners:
                  t: { protocol: tcp, port: 1, upstream: shop }
                  u: { protocol: udp, port: 1, upstream: shop }
                """;

        GatewaySettings settings = inspect(yaml, UPSTREAM).orThrow();

        UpstreamSpec shop = settings.topology().upstreams().get(0);
        assertThat(shop.backends().get(0).weight()).isEqualTo(Backend.DEFAULT_WEIGHT);
        assertThat(shop.policy())
                .isEqualTo(new Policy(
                        Balancing.WEIGHTED_ROUND_ROBIN,
                        new Persistence.SourceIp(
                                new SessionTimeouts(SessionTimeouts.DEFAULT_IDLE, null),
                                false,
                                SourcePrefixes.DEFAULT,
                                Persistence.SourceIp.DEFAULT_MAX_ENTRIES)));
        assertThat(shop.states()).isEqualTo(StatePolicy.DEFAULT);
        assertThat(shop.healthCheck()).isEmpty();
        ListenerSpec tcp = settings.topology().listeners().get(0);
        ListenerSpec udp = settings.topology().listeners().get(1);
        assertThat(tcp.address()).isEqualTo(ListenerSpec.DEFAULT_ADDRESS);
        assertThat(tcp.idleTimeout()).isEqualTo(ListenerSpec.DEFAULT_TCP_IDLE);
        assertThat(tcp.connectTimeout()).isEqualTo(ListenerSpec.DEFAULT_CONNECT);
        assertThat(tcp.tcp()).isEqualTo(TcpSpec.DEFAULT);
        assertThat(settings.sharePorts()).isFalse();
        assertThat(shop.proxyProtocol()).isEmpty();
        assertThat(udp.idleTimeout()).isEqualTo(ListenerSpec.DEFAULT_UDP_IDLE);
        assertThat(udp.flows()).isEqualTo(FlowSpec.DEFAULT);
    }

    @Test
    void whatIsSaidOfReschedulingIsTakenOver() {
        String yaml = """
                mooring.listeners:
                  t: { protocol: tcp, port: 1, upstream: shop, reschedule: { when: [ removed, added ], delay: 10, window: 1m } }
                  u: { protocol: udp, port: 1, upstream: shop, reschedule: { when: unhealthy } }
                  v: { protocol: tcp, port: 2, upstream: shop }
                """;

        assertThat(inspect(yaml, UPSTREAM).orThrow().topology().listeners())
                .extracting(ListenerSpec::rescheduling)
                .containsExactly(
                        new RescheduleSpec(
                                Set.of(RescheduleReason.REMOVED, RescheduleReason.ADDED),
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(1)),
                        new RescheduleSpec(Set.of(RescheduleReason.UNHEALTHY), Duration.ZERO, Duration.ZERO),
                        RescheduleSpec.NEVER);
    }

    @Test
    void whatIsSaidOfTcpIsTakenOver() throws UnknownHostException {
        String yaml = """
                mooring.share-ports: true
                mooring.upstreams.db: { proxy-protocol: v2, backends: { a: { address: "127.0.0.1:1" } } }
                mooring.listeners.t:
                  protocol: tcp
                  port: 1
                  upstream: db
                  max-connections: 100
                  max-connection-rate: 50
                  backlog: 10
                  first-byte-timeout: 5
                  proxy-protocol: { from: [ 10.0.0.0/8, "2001:db8::1" ] }
                  keep-alive: { idle: 60s, interval: 10, probes: 6 }
                """;

        GatewaySettings settings = inspect(yaml).orThrow();

        assertThat(settings.sharePorts()).isTrue();
        assertThat(settings.topology().upstreams().get(0).proxyProtocol()).contains(ProxyProtocol.V2);
        assertThat(settings.topology().listeners().get(0).tcp())
                .isEqualTo(new TcpSpec(
                        10,
                        100,
                        50,
                        Optional.of(Duration.ofSeconds(5)),
                        Optional.of(new TcpSpec.Proxied(
                                List.of(
                                        new AddressRange(InetAddress.getByName("10.0.0.0"), 8),
                                        new AddressRange(InetAddress.getByName("2001:db8::1"), 128)),
                                TcpSpec.Proxied.DEFAULT_TIMEOUT)),
                        new TcpSpec.KeepAlive(
                                Optional.of(Duration.ofMinutes(1)),
                                Optional.of(Duration.ofSeconds(10)),
                                Optional.of(6))));
    }

    @Test
    void everyAttributeOfTheCookieIsTakenOver() {
        String yaml = """
                mooring.upstreams.shop.persistence:
                  type: cookie
                  absolute-timeout: 1d
                  strict: true
                  cookie:
                    name: stay
                    domain: .Example.com
                    path: /shop
                    same-site: none
                    secure: true
                    http-only: false
                    partitioned: true
                    lifetime: permanent
                """;

        assertThat(policy(yaml).persistence())
                .isEqualTo(new Persistence.Cookie(
                        new SessionTimeouts(Duration.ofSeconds(1000), Duration.ofDays(1)),
                        true,
                        new CookieAttributes(
                                "stay",
                                ".Example.com",
                                "/shop",
                                SameSite.NONE,
                                Secure.TRUE,
                                false,
                                true,
                                Lifetime.PERMANENT)));
    }

    @Test
    void aCookieIsNamedForItsScope() {
        assertThat(policy("mooring.upstreams.shop.persistence.type: cookie").persistence())
                .isInstanceOfSatisfying(
                        Persistence.Cookie.class,
                        cookie -> assertThat(cookie.cookie().name()).isEqualTo("mooring-shop"));
    }

    @Test
    void aDurationWithoutUnitIsInSeconds() {
        String yaml = """
                mooring.http.keepalive-timeout: 90
                mooring.upstreams.shop.persistence: { type: cookie, idle-timeout: 45 }
                """;

        Inspection inspection = inspect(yaml, UPSTREAM);

        assertThat(inspection.orThrow().keepaliveTimeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void aRouteInheritsWhatItDoesNotDeclareAndReplacesPersistenceWhole() {
        String yaml = """
                mooring.upstreams.shop:
                  balancing: ip-hash
                  persistence: { type: source-ip, absolute-timeout: 1h, source.ipv4-prefix: 24 }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: plain, uri: "lb://shop" }
                  - { id: balanced, uri: "lb://shop", metadata: { balancing: weighted-round-robin } }
                  - { id: kept, uri: "lb://shop", metadata: { persistence: { type: source-ip, strict: true } } }
                  - { id: loose, uri: "lb://shop", metadata: { persistence: { type: none } } }
                """;

        var routes = inspect(yaml, UPSTREAM).orThrow().topology().routes();

        assertThat(routes.get(0).policy()).isEmpty();
        assertThat(routes.get(1).policy())
                .contains(new Policy(
                        Balancing.WEIGHTED_ROUND_ROBIN,
                        new Persistence.SourceIp(
                                new SessionTimeouts(Duration.ofSeconds(1000), Duration.ofHours(1)),
                                false,
                                new SourcePrefixes(24, 64),
                                1_000_000)));
        assertThat(routes.get(2).policy())
                .contains(new Policy(
                        Balancing.IP_HASH,
                        new Persistence.SourceIp(
                                new SessionTimeouts(Duration.ofSeconds(1000), null),
                                true,
                                SourcePrefixes.DEFAULT,
                                1_000_000)));
        assertThat(routes.get(3).policy()).contains(new Policy(Balancing.IP_HASH, new Persistence.None()));
    }

    @Test
    void aListenerMayHaveAPolicyOfItsOwn() {
        String yaml = """
                mooring.upstreams.shop.persistence.type: cookie
                mooring.listeners.t: { protocol: tcp, port: 1, upstream: shop, persistence: { type: source-ip } }
                """;

        assertThat(inspect(yaml, UPSTREAM)
                        .orThrow()
                        .topology()
                        .listeners()
                        .get(0)
                        .policy())
                .map(policy -> policy.persistence().kind())
                .contains(Persistence.Kind.SOURCE_IP);
    }

    @Test
    void aRouteThatLeadsElsewhereOrIsDisabledIsNotOurs() {
        String yaml = """
                spring.cloud.gateway.server.webflux.routes:
                  - { id: theirs, uri: "lb://other" }
                  - { id: web, uri: "https://example.com" }
                  - { id: "off", uri: "lb://shop", enabled: false }
                  - { id: sockets, uri: "lb:ws://shop" }
                  - "short=lb://shop,Path=/short/**"
                """;

        assertThat(inspect(yaml, UPSTREAM).orThrow().topology().routes())
                .extracting(RouteSpec::id)
                .containsExactly("sockets", "short");
    }

    @Test
    void namesKeepTheirCaseAndDots() {
        String yaml = """
                mooring.upstreams:
                  "[my.shop]": { backends: { "[b.1]": { address: "h:1" } } }
                  MyShop-2: { backends: { B_1: { address: "h_1.local:1" } } }
                mooring.listeners:
                  Db: { protocol: tcp, port: 1, upstream: MyShop-2 }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: dotted, uri: "lb://my.shop" }
                """;

        var topology = inspect(yaml).orThrow().topology();

        assertThat(topology.upstreams()).extracting(UpstreamSpec::name).containsExactly("my.shop", "MyShop-2");
        assertThat(topology.upstreams())
                .extracting(upstream -> upstream.backends().get(0).id())
                .containsExactly("b.1", "B_1");
        assertThat(topology.listeners()).extracting(ListenerSpec::name).containsExactly("Db");
        assertThat(topology.routes()).extracting(RouteSpec::upstream).containsExactly("my.shop");
    }

    @Test
    void aSourcesShareIsWatched() {
        String yaml = """
                mooring.upstreams.shop.persistence: { type: source-ip, source.share: { max-percent: 20, split: port } }
                mooring.persistence.save-interval: 5m
                """;

        assertThat(policy(yaml).persistence())
                .isEqualTo(new Persistence.SourceIp(
                        new SessionTimeouts(SessionTimeouts.DEFAULT_IDLE, null),
                        false,
                        SourcePrefixes.DEFAULT,
                        Persistence.SourceIp.DEFAULT_MAX_ENTRIES,
                        new SourceShare(20, SourceShare.DEFAULT_MIN_CONNECTIONS, SourceShare.Split.PORT)));
        assertThat(inspect(yaml, UPSTREAM).orThrow().saveInterval()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void bindingIsRelaxed() {
        String yaml = """
                mooring.upstreams.shop.persistence: { type: SOURCE_IP, idleTimeout: 60s, max_entries: 5 }
                """.replace("max_entries: 5", "source: { maxEntries: 5 }");

        assertThat(policy(yaml).persistence())
                .isEqualTo(new Persistence.SourceIp(
                        new SessionTimeouts(Duration.ofSeconds(60), null), false, SourcePrefixes.DEFAULT, 5));
    }

    @Test
    void environmentVariablesOverrideWithoutAddingASecondEntry() {
        Map<String, Object> variables = Map.of(
                "MOORING_UPSTREAMS_MYSHOP_BACKENDS_B1_WEIGHT", "77",
                "MOORING_UPSTREAMS_EXTRA_BACKENDS_X_ADDRESS", "h:1",
                "MOORING_HOME", "/opt/mooring",
                "MOORING_KEY", "unrelated");
        String yaml = "mooring.upstreams.My-Shop.backends.b-1.address: 'h:1'";

        var upstreams = ConfigurationCheck.inspect(environment(variables, yaml))
                .orThrow()
                .topology()
                .upstreams();

        assertThat(upstreams).extracting(UpstreamSpec::name).containsExactly("My-Shop", "extra");
        assertThat(upstreams.get(0).backends()).containsExactly(new Backend("b-1", "h", 1, 77));
    }

    @Test
    void aListComesWholeFromTheSourceThatOverrides() {
        String over = "mooring.persistence.keys: [ { id: new, secret: 'fedcba9876543210' } ]";

        assertThat(inspect(over, Configurations.VALID).orThrow().keys())
                .extracting(SigningKey::id)
                .containsExactly("new");
    }

    private static Policy policy(String yaml) {
        return inspect(yaml, UPSTREAM).orThrow().topology().upstreams().get(0).policy();
    }
}
