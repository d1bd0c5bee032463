package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class DecisionTest {

    private final TestGateway gateway = new TestGateway("a:10 b:10 c:10");

    private static Stream<Policy> policies() {
        return Stream.of(
                TestGateway.none(Balancing.WEIGHTED_ROUND_ROBIN),
                TestGateway.none(Balancing.WEIGHTED_LEAST_CONNECTIONS),
                TestGateway.none(Balancing.IP_HASH),
                TestGateway.cookie(),
                TestGateway.source());
    }

    @ParameterizedTest
    @EnumSource(
            value = Balancing.class,
            names = {"WEIGHTED_ROUND_ROBIN", "WEIGHTED_LEAST_CONNECTIONS"})
    void withoutPersistenceTheOutcomeIsOffAndRequestsAreBalancedOneByOne(Balancing balancing) {
        Scope scope = gateway.scope(TestGateway.none(balancing));

        assertThat(Stream.generate(() -> visit(scope, 1, Outcome.OFF)).limit(30).distinct())
                .containsExactlyInAnyOrder("a", "b", "c");
        assertThat(scope.outcomes(Outcome.OFF)).isEqualTo(30);
        assertThat(scope.liveSessions()).isEmpty();
        assertThat(scope.liveSessions("a")).isEmpty();
    }

    @Test
    void withIpHashTheOutcomeIsHashedAndTheAddressChooses() {
        Scope here = gateway.scope(TestGateway.none(Balancing.IP_HASH));
        Scope there = new TestGateway("c:10 a:10 b:10").scope(TestGateway.none(Balancing.IP_HASH));
        for (int client = 0; client < 100; client++) {
            String home = visit(here, client, Outcome.HASHED);
            gateway.advance(Duration.ofDays(1));
            assertThat(visit(here, client, Outcome.HASHED)).isEqualTo(home);
            assertThat(visit(there, client, Outcome.HASHED)).isEqualTo(home);
        }
        assertThat(here.liveSessions()).isEmpty();
        assertThat(here.revoke(TestGateway.client(1))).isFalse();
    }

    @Test
    void withIpHashAClientWithoutAnAddressIsServed() {
        assertThat(gateway.scope(TestGateway.none(Balancing.IP_HASH))
                        .decide(null, List.of())
                        .member())
                .isNotNull();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void failoverGivesEveryOtherBackendOnceAndThenNone(Policy policy) {
        Scope scope = gateway.scope(policy);
        Decision decision = decide(scope, 1);
        Outcome outcome = decision.outcome();

        assertThat(Stream.of(id(decision), next(decision), next(decision))).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(gateway.active()).isEqualTo(1);
        assertThat(decision.failover()).isNull();
        assertThat(decision.failover()).isNull();
        assertThat(decision.member()).isNull();
        assertThat(decision.cookieAction()).isEqualTo(CookieAction.NONE);
        assertThat(decision.isRefused()).isFalse();
        assertThat(gateway.active()).isZero();

        decision.close();
        assertThat(decision.outcome()).isEqualTo(outcome);
        assertThat(scope.outcomes(outcome)).isEqualTo(1);
        assertThat(gateway.active()).isZero();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void anOpenDecisionIsActiveAndAClosedOneIsNot(Policy policy) {
        Scope scope = gateway.scope(policy);
        Decision one = decide(scope, 1);
        Decision two = decide(scope, 2);
        assertThat(gateway.active()).isEqualTo(2);

        one.close();
        one.close();
        assertThat(gateway.active()).isEqualTo(1);
        two.settle();
        two.close();
        assertThat(gateway.active()).isZero();
        assertThat(Stream.of(Outcome.values()).mapToLong(scope::outcomes).sum()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void withoutABackendThereIsNothingToCloseButTheOutcome(Policy policy) {
        for (String id : List.of("a", "b", "c")) {
            gateway.upstream.setState(id, BackendState.MAINTENANCE);
        }
        Scope scope = gateway.scope(policy);
        Decision decision = decide(scope, 1);

        assertThat(decision.member()).isNull();
        assertThat(decision.failover()).isNull();
        assertThat(decision.isRefused()).isFalse();
        decision.close();

        assertThat(scope.outcomes(decision.outcome())).isEqualTo(1);
        assertThat(gateway.active()).isZero();
    }

    @Test
    void aSettledDecisionDoesNotFailOver() {
        Decision decision = decide(gateway.scope(TestGateway.cookie()), 1);
        decision.settle();

        assertThatIllegalStateException().isThrownBy(decision::failover);
    }

    @Test
    void aClosedDecisionHasNoOtherBackend() {
        Decision decision = decide(gateway.scope(TestGateway.cookie()), 1);
        decision.close();

        assertThat(decision.failover()).isNull();
        assertThat(gateway.active()).isZero();
    }

    @Test
    void aFailoverMakesAKeptCookieMovedAndCarriesItsBeginOn() {
        Scope scope = gateway.scope(TestGateway.cookie());
        Decision first = decide(scope, 1);
        long began = gateway.wallClock.millis();
        gateway.advance(Duration.ofSeconds(5));
        Decision second = scope.decide(null, List.of(first.cookieValue()));
        assertThat(second.outcome()).isEqualTo(Outcome.KEPT);

        String refuge = next(second);

        assertThat(second.outcome()).isEqualTo(Outcome.MOVED);
        assertThat(second.cookieAction()).isEqualTo(CookieAction.REPLACED);
        assertThat(TestGateway.codec(TestGateway.KEY).verify(second.cookieValue()))
                .satisfies(token -> assertThat(token.beganMillis()).isEqualTo(began));
        assertThat(id(scope.decide(null, List.of(second.cookieValue()))))
                .isEqualTo(refuge)
                .isNotEqualTo(id(first));
        second.settle();
        assertThat(scope.outcomes(Outcome.MOVED)).isEqualTo(1);
        assertThat(scope.outcomes(Outcome.KEPT)).isZero();
    }

    @Test
    void aFailoverBindsTheSourceAnew() {
        Scope scope = gateway.scope(TestGateway.source());
        String home = visit(scope, 1, Outcome.NEW);
        Decision second = decide(scope, 1);
        String refuge = next(second);
        assertThat(second.outcome()).isEqualTo(Outcome.MOVED);
        second.close();

        assertThat(visit(scope, 1, Outcome.KEPT)).isEqualTo(refuge).isNotEqualTo(home);
        assertThat(scope.liveSessions(home)).hasValue(0);
        assertThat(scope.liveSessions(refuge)).hasValue(1);
    }

    @Test
    void aNewSessionWhoseBackendFailsIsStillNewAndBoundToTheNext() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision decision = decide(scope, 1);
        String reached = next(decision);
        decision.close();

        assertThat(decision.outcome()).isEqualTo(Outcome.NEW);
        assertThat(visit(scope, 1, Outcome.KEPT)).isEqualTo(reached);
    }

    private static Stream<Policy> strictPolicies() {
        return Stream.of(TestGateway.cookie(null, true), TestGateway.source(null, true));
    }

    @ParameterizedTest
    @MethodSource("strictPolicies")
    void aStrictPolicyRefusesToFailOverAKeptClientButNotANewOne(Policy policy) {
        Scope scope = gateway.scope(policy);
        Decision first = decide(scope, 1);
        assertThat(first.failover()).isNotNull();
        List<String> cookies =
                policy.persistence().kind() == Persistence.Kind.COOKIE ? List.of(first.cookieValue()) : List.of();
        first.close();
        Decision second = scope.decide(TestGateway.client(1), cookies);
        assertThat(second.outcome()).isEqualTo(Outcome.KEPT);

        assertThat(second.failover()).isNull();

        assertThat(second.isRefused()).isTrue();
        assertThat(second.member()).isNull();
        assertThat(second.outcome()).isEqualTo(Outcome.MOVED);
        assertThat(second.cookieAction()).isEqualTo(CookieAction.NONE);
        second.close();
        assertThat(gateway.active()).isZero();
    }

    @Test
    void leastConnectionsFailsOverToTheNextLeastLoaded() {
        Scope scope = gateway.scope(TestGateway.none(Balancing.WEIGHTED_LEAST_CONNECTIONS));
        Member b = gateway.upstream.snapshot().member("b").orElseThrow();
        Member c = gateway.upstream.snapshot().member("c").orElseThrow();
        b.activity().begin();
        b.activity().begin();
        c.activity().begin();

        Decision decision = decide(scope, 1);

        assertThat(List.of(id(decision), next(decision), next(decision))).containsExactly("a", "c", "b");
    }

    /** One thread looks for a backend while another learns that the client has left. */
    @ParameterizedTest
    @MethodSource("policies")
    void closingDuringAFailoverLeavesNothingActive(Policy policy) throws Exception {
        Scope scope = gateway.scope(policy);
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < 3_000; i++) {
                Decision decision = decide(scope, i % 7);
                Future<?> closed = other.submit(() -> {
                    together.await();
                    decision.close();
                    return null;
                });
                together.await();
                decision.failover();
                decision.failover();
                decision.letGo();
                closed.get();
            }
        } finally {
            other.shutdownNow();
        }

        assertThat(gateway.upstream.snapshot().members())
                .allSatisfy(member -> assertThat(member.activity().active()).isZero());
        assertThat(Stream.of(Outcome.values()).mapToLong(scope::outcomes).sum()).isEqualTo(3_000);
        gateway.advance(TestGateway.IDLE);
        assertThat(scope.liveSessions().orElse(0)).as("nothing is held").isZero();
    }

    private static String visit(Scope scope, int client, Outcome expected) {
        try (Decision decision = decide(scope, client)) {
            assertThat(decision.outcome()).isEqualTo(expected);
            return id(decision);
        }
    }

    private static Decision decide(Scope scope, int client) {
        return scope.decide(TestGateway.client(client), List.of());
    }

    private static String next(Decision decision) {
        return Objects.requireNonNull(decision.failover()).id();
    }

    private static String id(Decision decision) {
        return Objects.requireNonNull(decision.member()).id();
    }
}
