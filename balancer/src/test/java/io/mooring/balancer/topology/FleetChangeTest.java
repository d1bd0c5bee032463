package io.mooring.balancer.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.time.FakeTicker;
import io.mooring.balancer.time.FakeWallClock;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.Upstream;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FleetChangeTest {

    private static final Policy NONE = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
    private static final Policy HASH = new Policy(Balancing.IP_HASH, new Persistence.None());

    private final Fleet fleet = new Fleet(
            new Topology(
                    List.of(upstream("shop", NONE, "a:10 b:10"), upstream("db", NONE, "c:10")),
                    List.of(route("r", "shop", HASH)),
                    List.of()),
            new SessionContext(
                    new KeyRing(List.of(new SigningKey("k", new byte[32]))),
                    new FakeTicker(),
                    new FakeWallClock(),
                    new Random(1)));

    @Test
    void whatStaysIsTheSameObjectWithWhatItNowDeclares() {
        Upstream shop = fleet.upstream("shop").orElseThrow();
        Scope route = fleet.routeScope("r").orElseThrow();
        shop.setState("a", BackendState.DRAINING);

        change(List.of(upstream("shop", HASH, "a:30 c:20")), route("r", "shop", NONE));

        assertThat(fleet.upstream("shop")).containsSame(shop);
        assertThat(shop.snapshot().members())
                .extracting(member -> member.id() + " " + member.backend().weight() + " " + member.state())
                .containsExactly("a 30 DRAINING", "c 20 READY");
        assertThat(fleet.routeScope("r")).containsSame(route);
        assertThat(route.policy()).isEqualTo(NONE);
        assertThat(fleet.upstreamScope("shop").orElseThrow().policy()).isEqualTo(HASH);
    }

    @Test
    void whatIsGoneIsFoundUntilTheChangeIsComplete() {
        Scope db = fleet.upstreamScope("db").orElseThrow();
        FleetChange change = fleet.plan(new Topology(
                List.of(upstream("shop", NONE, "a:10"), upstream("new", NONE, "d:10")), List.of(), List.of()));
        assertThat(fleet.upstreamScope("new")).isEmpty();

        change.commit();
        assertThat(fleet.upstreamScope("new")).isPresent();
        assertThat(fleet.upstreamScope("db")).containsSame(db);
        assertThat(fleet.routeScope("r")).isPresent();
        assertThat(fleet.scopes()).doesNotContain(db);

        change.complete();
        assertThat(fleet.upstreamScope("db")).isEmpty();
        assertThat(fleet.routeScope("r")).isEmpty();
        assertThat(fleet.upstreams()).extracting(Upstream::name).containsExactly("shop", "new");
    }

    @Test
    void aScopeThatIsLedElsewhereIsAnother() {
        Scope before = fleet.routeScope("r").orElseThrow();

        change(List.of(upstream("shop", NONE, "a:10"), upstream("db", NONE, "c:10")), route("r", "db", HASH));

        Scope after = fleet.routeScope("r").orElseThrow();
        assertThat(after).isNotSameAs(before);
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(backends(after)).containsOnly("c");
        fleet.upstream("shop").orElseThrow().replaceBackends(Members.backends("z:10"));
        assertThat(backends(before)).as("it is closed").doesNotContain("z");
    }

    @Test
    void anAbandonedChangeLeavesNothing() {
        Topology before = fleet.topology();
        List<Scope> scopes = List.copyOf(fleet.scopes());

        FleetChange change = fleet.plan(new Topology(List.of(upstream("shop", HASH, "z:10")), List.of(), List.of()));
        change.abandon();

        assertThat(fleet.topology()).isSameAs(before);
        assertThat(fleet.scopes()).containsExactlyElementsOf(scopes);
        assertThat(backends(fleet.upstreamScope("shop").orElseThrow())).containsOnly("a", "b");
    }

    @Test
    void ofTwoPlansTheSecondIsOutdated() {
        Topology next = new Topology(List.of(upstream("shop", NONE, "z:10")), List.of(), List.of());
        FleetChange first = fleet.plan(fleet.topology());
        FleetChange second = fleet.plan(next);
        first.commit();

        assertThatIllegalStateException().isThrownBy(second::commit);
        assertThat(backends(fleet.upstreamScope("shop").orElseThrow())).containsOnly("a", "b");
    }

    @Test
    void followersAreToldOfEachChangeOnce() {
        AtomicInteger told = new AtomicInteger();
        fleet.follow(told::incrementAndGet);

        change(List.of(upstream("shop", NONE, "a:10")), null);
        change(List.of(upstream("shop", NONE, "a:10")), null);

        assertThat(told).hasValue(2);
    }

    private void change(List<UpstreamSpec> upstreams, @Nullable RouteSpec route) {
        FleetChange change = fleet.plan(new Topology(upstreams, route == null ? List.of() : List.of(route), List.of()));
        change.commit();
        change.complete();
    }

    private static List<String> backends(Scope scope) {
        return Stream.generate(() -> {
                    try (Decision decision = scope.decide(null, List.of())) {
                        return Optional.ofNullable(decision.member())
                                .map(Member::id)
                                .orElse("none");
                    }
                })
                .limit(10)
                .toList();
    }

    private static UpstreamSpec upstream(String name, Policy policy, String backends) {
        return new UpstreamSpec(name, policy, Members.backends(backends));
    }

    private static RouteSpec route(String id, String upstream, Policy policy) {
        return new RouteSpec(id, upstream, Optional.of(policy));
    }
}
