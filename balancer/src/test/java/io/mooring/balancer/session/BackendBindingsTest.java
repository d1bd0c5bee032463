package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.selection.Rotation;
import io.mooring.balancer.selection.Selector;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BackendBindingsTest {

    private final TestGateway gateway = new TestGateway("a:10 b:10");

    @Test
    void aBackendKeepsItsNumberWhileItIsAwayAndSomethingIsBoundToIt() {
        BackendBindings with =
                BackendBindings.NONE.with(gateway.upstream.snapshot().members(), number -> false);
        BackendBindings without = with.with(List.of(), number -> false);

        assertThat(without.of("a")).isEqualTo(with.of("a")).isNotEqualTo(BackendBindings.REVOKED);
        assertThat(without.member(without.of("a"))).isNull();
        assertThat(without.id(without.of("a"))).isEqualTo("a");
        assertThat(without.isRevoked(without.of("a"))).isFalse();
    }

    @Test
    void aRevokedNumberStandsForNobody() {
        BackendBindings with =
                BackendBindings.NONE.with(gateway.upstream.snapshot().members(), number -> false);
        BackendBindings revoked = with.without("a", number -> false);

        assertThat(revoked.of("a")).isNotEqualTo(with.of("a"));
        assertThat(revoked.isRevoked(with.of("a"))).isTrue();
        assertThat(revoked.id(with.of("a"))).isNull();
        assertThat(revoked.member(revoked.of("a"))).isNotNull();
        assertThat(revoked.without("unknown", number -> true)).isSameAs(revoked);
    }

    @Test
    void aVacantNumberIsGivenToAnother() {
        BackendBindings with =
                BackendBindings.NONE.with(gateway.upstream.snapshot().members(), number -> false);
        int ofA = with.of("a");
        gateway.upstream.replaceBackends(Members.backends("b:10 c:10"));

        BackendBindings next = with.with(gateway.upstream.snapshot().members(), number -> number == ofA);

        assertThat(next.of("a")).isEqualTo(BackendBindings.REVOKED);
        assertThat(next.of("b")).isEqualTo(with.of("b"));
        assertThat(next.of("c")).isEqualTo(ofA);
        assertThat(next.size()).isEqualTo(with.size());
    }

    @Test
    void backendsThatWereHereBeforeAreNumberedWithoutBeingMembers() {
        BackendBindings with =
                BackendBindings.NONE.with(gateway.upstream.snapshot().members(), number -> false);

        BackendBindings known = with.withKnown(Set.of("a", "x"), number -> false);

        assertThat(known.of("a")).isEqualTo(with.of("a"));
        assertThat(known.of("x")).isNotEqualTo(BackendBindings.REVOKED);
        assertThat(known.member(known.of("x"))).isNull();
        assertThat(Objects.requireNonNull(known.member(known.of("a"))).id()).isEqualTo("a");
    }

    @Test
    void thousandsOfBackendsThatComeAndGoNeedNoMoreNumbersThanThoseOfSomeIdleTimeouts() {
        Scope scope = gateway.scope(TestGateway.source());
        SourceSessions sessions = (SourceSessions) gateway.context.sessions(scope.id(), TestGateway.source());
        gateway.upstream.observe(sessions::prepare);
        for (int i = 0; i < 5_000; i++) {
            gateway.upstream.replaceBackends(Members.backends("n" + i + ":10 m" + i + ":10"));
            UpstreamSnapshot now = gateway.upstream.snapshot();
            Selection selection = new Selection(now, Selector.of(Balancing.WEIGHTED_ROUND_ROBIN, now, new Rotation(0)));
            try (Decision decision =
                    sessions.decide(scope, selection, TestGateway.client(i), Scope.NO_PORT, List.of())) {
                assertThat(decision.outcome()).isEqualTo(Outcome.NEW);
            }
            sessions.revokeBackend("n" + i);
            gateway.advance(TestGateway.IDLE.dividedBy(10));
        }

        assertThat(sessions.bindings().size()).isLessThan(150);
    }

    @Test
    void aFlowOfABackendThatIsLongGoneBindsNobodyToItsSuccessor() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision flow = scope.decide(TestGateway.client(1), List.of());
        flow.letGo();
        for (int i = 0; i < 10; i++) {
            gateway.upstream.replaceBackends(Members.backends("n" + i + ":10"));
            gateway.advance(TestGateway.IDLE.multipliedBy(3));
        }

        flow.touch();

        assertThat(scope.directory().orElseThrow().find(TestGateway.client(1))).isEmpty();
        flow.close();
        assertThat(scope.decide(TestGateway.client(1), List.of()).outcome()).isEqualTo(Outcome.NEW);
    }
}
