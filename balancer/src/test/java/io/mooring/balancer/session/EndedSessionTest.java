package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.StatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A session that is ended by the connection that it holds, so that the client is balanced when it comes again. */
class EndedSessionTest {

    private final TestGateway gateway = new TestGateway("a:10 b:10");
    private final Scope scope = gateway.scope(TestGateway.source(null, true));

    @Test
    void theNextConnectionIsBalancedAlsoWhereThePolicyIsStrict() {
        Decision first = decide(1);
        String bound = id(first);
        gateway.upstream.setState(bound, BackendState.DRAINING);
        first.endSession();
        first.close();

        Decision second = decide(1);
        assertThat(second.outcome()).isEqualTo(Outcome.REVOKED);
        assertThat(id(second)).isNotEqualTo(bound);
        assertThat(decide(1).outcome()).isEqualTo(Outcome.KEPT);
        assertThat(scope.liveSessions()).hasValue(1);
    }

    @Test
    void aSessionThatHasGoneElsewhereMeanwhileStays() {
        Decision first = decide(1);
        String bound = id(first);
        Decision beside = decide(1);
        gateway.upstream.setState(bound, BackendState.DRAINING);
        first.endSession();
        Decision next = decide(1);
        beside.endSession();

        Decision after = decide(1);
        assertThat(after.outcome()).isEqualTo(Outcome.KEPT);
        assertThat(id(after)).isEqualTo(id(next)).isNotEqualTo(bound);
    }

    @Test
    void nobodyElsesSessionEnds() {
        Decision mine = decide(1);
        decide(2).close();
        mine.endSession();

        assertThat(decide(2).outcome()).isEqualTo(Outcome.KEPT);
    }

    @Test
    void aSessionThatExpiredStaysExpired() {
        Decision flow = decide(1);
        flow.letGo();
        gateway.advance(TestGateway.IDLE);
        flow.endSession();

        assertThat(decide(1).outcome()).isEqualTo(Outcome.IDLE_EXPIRED);
    }

    @Test
    void aDivertedClientStaysBoundToItsOwnBackend() {
        TestGateway graceful = new TestGateway(
                "a:10 b:10 c:10",
                new StatePolicy(false, StatePolicy.DEFAULT.allDown(), Duration.ZERO, Duration.ofMinutes(1), null, null),
                TestGateway.KEY);
        Scope patient = graceful.scope(TestGateway.source());
        Decision first = patient.decide(TestGateway.client(1), List.of());
        graceful.upstream.setState(id(first), BackendState.DOWN);
        Decision diverted = patient.decide(TestGateway.client(1), List.of());
        assertThat(diverted.outcome()).isEqualTo(Outcome.DIVERTED);

        diverted.endSession();
        graceful.upstream.setState(id(first), BackendState.READY);
        Decision returned = patient.decide(TestGateway.client(1), List.of());
        assertThat(returned.outcome()).isEqualTo(Outcome.KEPT);
        assertThat(id(returned)).isEqualTo(id(first));
    }

    @Test
    void connectionsOfASessionShareAKeyAndOthersHaveNone() {
        assertThat(decide(1).sessionKey()).isPresent().isEqualTo(decide(1).sessionKey());
        assertThat(decide(2).sessionKey()).isNotEqualTo(decide(1).sessionKey());
        Scope off = gateway.scope(TestGateway.none(Balancing.WEIGHTED_ROUND_ROBIN));
        assertThat(off.decide(TestGateway.client(1), List.of()).sessionKey()).isEmpty();
    }

    @Test
    void anAddressLeadsWhereItsHashDoesNow() {
        TestGateway hashing = new TestGateway("a:10 b:10");
        Scope hashed = hashing.scope(TestGateway.none(Balancing.IP_HASH));
        Decision decision = hashed.decide(TestGateway.client(1), List.of());
        assertThat(Objects.requireNonNull(decision.hashed()).id()).isEqualTo(id(decision));

        hashing.upstream.setState(id(decision), BackendState.DRAINING);
        assertThat(Objects.requireNonNull(decision.hashed()).id()).isNotEqualTo(id(decision));
        hashing.upstream.replaceBackends(Members.backends("a:0 b:0"));
        assertThat(decision.hashed()).isNull();

        hashed.become(TestGateway.none(Balancing.WEIGHTED_ROUND_ROBIN));
        assertThat(decision.hashed()).isNull();
        assertThat(decide(1).hashed()).isNull();
    }

    private Decision decide(int client) {
        return scope.decide(TestGateway.client(client), List.of());
    }

    private static String id(Decision decision) {
        Member member = Objects.requireNonNull(decision.member());
        return member.id();
    }
}
