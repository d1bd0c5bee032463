package io.mooring.balancer.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.entry;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.time.FakeTicker;
import io.mooring.balancer.time.FakeWallClock;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.Upstream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FleetTest {

    private static final Policy NONE = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
    private static final Policy HASH = new Policy(Balancing.IP_HASH, new Persistence.None());
    private static final Policy COOKIE = new Policy(
            Balancing.WEIGHTED_ROUND_ROBIN,
            new Persistence.Cookie(
                    new SessionTimeouts(SessionTimeouts.DEFAULT_IDLE, null), false, CookieAttributes.named("s")));

    private final SessionContext context = new SessionContext(
            new KeyRing(List.of(new SigningKey("k", new byte[32]))),
            new FakeTicker(),
            new FakeWallClock(),
            new Random(1));
    private final Topology topology = new Topology(
            List.of(upstream("shop", COOKIE), upstream("db", NONE)),
            List.of(route("plain", "shop", null), route("special", "shop", HASH)),
            List.of(listener("db", "db", null), listener("shop", "shop", NONE)));

    @Test
    void upstreamsKeepTheirOrder() {
        try (Fleet fleet = new Fleet(topology, context)) {
            assertThat(fleet.upstreams()).extracting(Upstream::name).containsExactly("shop", "db");
            assertThat(fleet.upstream("db")).map(Upstream::name).hasValue("db");
            assertThat(fleet.upstream("other")).isEmpty();
        }
    }

    @Test
    void whatHasAPolicyIsAScopeAndWhatHasNoneIsInItsUpstreams() {
        try (Fleet fleet = new Fleet(topology, context)) {
            assertThat(fleet.scopes())
                    .extracting(scope -> scope.id().toString())
                    .containsExactly("upstream/shop", "upstream/db", "route/special", "listener/shop");
            assertThat(fleet.routeScope("plain")).isEqualTo(fleet.upstreamScope("shop"));
            assertThat(fleet.listenerScope("db")).isEqualTo(fleet.upstreamScope("db"));
            assertThat(fleet.routeScope("special")).map(Scope::id).hasValue(new ScopeId(ScopeId.Kind.ROUTE, "special"));
            assertThat(fleet.listenerScope("shop")).map(Scope::policy).hasValue(NONE);
            assertThat(fleet.routeScope("elsewhere")).isEmpty();
            assertThat(fleet.listenerScope("elsewhere")).isEmpty();
            assertThat(fleet.upstreamScope("elsewhere")).isEmpty();
        }
    }

    @Test
    void aListenerHasAScopeForEachUpstreamThatItLeadsTo() {
        ListenerSpec plain = led("plain", Optional.empty());
        ListenerSpec own = led("own", Optional.of(NONE));
        Topology led =
                new Topology(List.of(upstream("web", NONE), upstream("db", HASH)), List.of(), List.of(plain, own));
        try (Fleet fleet = new Fleet(led, context)) {
            assertThat(fleet.listenerScopes("plain"))
                    .containsExactly(
                            entry("web", fleet.upstreamScope("web").orElseThrow()),
                            entry("db", fleet.upstreamScope("db").orElseThrow()));
            assertThat(fleet.listenerScopes("own").values())
                    .extracting(scope -> scope.id() + " of " + scope.upstream().name())
                    .containsExactly("listener/own of web", "listener/own@db of db");
            assertThat(fleet.listenerScope("own"))
                    .contains(fleet.listenerScopes("own").get("web"));
            assertThat(fleet.listenerScopes("elsewhere")).isEmpty();
        }
    }

    @Test
    void anUpstreamThatAServerNameLeadsToMustBeThereAndFitLayer4() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Topology(List.of(upstream("web", NONE)), List.of(), List.of(led("l", Optional.empty()))))
                .withMessage("listener l: upstream db (expected: one that is declared)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Topology(
                        List.of(upstream("web", NONE), upstream("db", COOKIE)),
                        List.of(),
                        List.of(led("l", Optional.empty()))))
                .withMessage("listener l: cookie (expected: a policy for layer 4)");
    }

    @Test
    void tlsIsTerminatedWhereItIsSpokenAndNowhereElse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListenerSpec(
                        "l",
                        ListenerSpec.Protocol.TLS,
                        ListenerSpec.DEFAULT_ADDRESS,
                        0,
                        "web",
                        Optional.empty(),
                        ListenerSpec.DEFAULT_TCP_IDLE,
                        ListenerSpec.DEFAULT_CONNECT,
                        FlowSpec.DEFAULT))
                .withMessage("tls: absent (expected: present only with protocol tls)");
    }

    @Test
    void scopesOfOneUpstreamShareItsStatesAndItsLoad() {
        try (Fleet fleet = new Fleet(topology, context)) {
            Upstream shop = fleet.upstream("shop").orElseThrow();
            shop.setState("a", BackendState.DOWN);

            for (Scope scope : List.of(
                    fleet.upstreamScope("shop").orElseThrow(),
                    fleet.routeScope("special").orElseThrow(),
                    fleet.listenerScope("shop").orElseThrow())) {
                assertThat(scope.decide(null, List.of()).member())
                        .satisfies(m -> assertThat(m.id()).isEqualTo("b"));
            }
            assertThat(shop.snapshot().member("b").orElseThrow().activity().active())
                    .isEqualTo(3);
            assertThat(shop.snapshot().member("b").orElseThrow().activity().picks())
                    .isEqualTo(3);
        }
    }

    @Test
    void aClosedFleetFollowsNoChangesButItsDecisionsStayGood() {
        Fleet fleet = new Fleet(topology, context);
        Upstream db = fleet.upstream("db").orElseThrow();
        Scope scope = fleet.upstreamScope("db").orElseThrow();
        Decision open = scope.decide(null, List.of());
        fleet.close();
        db.setState("a", BackendState.DOWN);
        db.setState("b", BackendState.DOWN);

        assertThat(scope.decide(null, List.of()).member()).isNotNull();
        open.close();
        assertThatIllegalStateException().isThrownBy(open::cookieValue);
    }

    @Test
    void aTopologyWithDanglingReferencesIsRefused() {
        List<UpstreamSpec> shop = List.of(upstream("shop", NONE));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Topology(shop, List.of(route("r", "db", null)), List.of()))
                .withMessage("route r: upstream db (expected: one that is declared)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Topology(shop, List.of(), List.of(listener("l", "db", NONE))))
                .withMessage("listener l: upstream db (expected: one that is declared)");
    }

    @Test
    void aListenerUnderACookiePolicyIsRefused() {
        List<UpstreamSpec> shop = List.of(upstream("shop", COOKIE));

        for (ListenerSpec listener : List.of(listener("l", "shop", null), listener("l", "shop", COOKIE))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Topology(shop, List.of(), List.of(listener)))
                    .withMessage("listener l: cookie (expected: a policy for layer 4)");
        }
    }

    @Test
    void anUpstreamWithoutBackendsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UpstreamSpec("shop", NONE, List.of()))
                .withMessage("backends: none (expected: one or more)");
    }

    private static UpstreamSpec upstream(String name, Policy policy) {
        return new UpstreamSpec(name, policy, Members.backends("a:10 b:10"));
    }

    private static RouteSpec route(String id, String upstream, Policy policy) {
        return new RouteSpec(id, upstream, Optional.ofNullable(policy));
    }

    private static ListenerSpec led(String name, Optional<Policy> policy) {
        ListenerSpec like = listener(name, "web", null);
        return new ListenerSpec(
                like.name(),
                like.protocol(),
                like.address(),
                like.port(),
                like.upstream(),
                policy,
                like.idleTimeout(),
                like.connectTimeout(),
                like.flows(),
                like.tcp(),
                Optional.empty(),
                new ServerNameSpec(
                        Map.of("db.example.org", "db", "*.example.org", "web"), ServerNameSpec.DEFAULT_TIMEOUT));
    }

    private static ListenerSpec listener(String name, String upstream, Policy policy) {
        return new ListenerSpec(
                name,
                ListenerSpec.Protocol.TCP,
                ListenerSpec.DEFAULT_ADDRESS,
                0,
                upstream,
                Optional.ofNullable(policy),
                ListenerSpec.Protocol.TCP.defaultIdleTimeout(),
                ListenerSpec.DEFAULT_CONNECT,
                FlowSpec.DEFAULT);
    }
}
