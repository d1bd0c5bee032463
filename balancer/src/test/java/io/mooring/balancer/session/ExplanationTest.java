package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a scope says that it would do is what it then does, and saying it changes nothing. */
final class ExplanationTest {

    private static final InetAddress CLIENT = TestGateway.client(1);

    private final TestGateway gateway = new TestGateway("a:10 b:20 c:10");

    @ParameterizedTest
    @EnumSource
    void whoComesNextGetsWhatWasSaidHoweverOftenItIsSaid(Balancing balancing) {
        Scope scope = gateway.scope(TestGateway.none(balancing));
        for (int i = 0; i < 20; i++) {
            Explanation said = scope.explain(CLIENT, Scope.NO_PORT, List.of());
            assertThat(scope.explain(CLIENT, Scope.NO_PORT, List.of())).isEqualTo(said);

            try (Decision decision = scope.decide(CLIENT, List.of())) {
                assertThat(ids(said)).startsWith(member(decision)).hasSize(3).doesNotHaveDuplicates();
                assertThat(decision.outcome()).isEqualTo(said.outcome());
                assertThat(said.bound()).isEmpty();
            }
        }
    }

    @Test
    void sayingItIsNoUseOfABackendNorASession() {
        Scope scope = gateway.scope(TestGateway.source());
        scope.explain(CLIENT, 4_000, List.of());

        assertThat(gateway.active()).isZero();
        assertThat(gateway.upstream.snapshot().members())
                .allSatisfy(member -> assertThat(member.activity().picks()).isZero());
        assertThat(scope.liveSessions()).hasValue(0);
        assertThat(scope.outcomes(Outcome.NEW)).isZero();
    }

    @Test
    void aClientKnownByItsAddressStaysWhereItIs() {
        Scope scope = gateway.scope(TestGateway.source());
        String home = visit(scope, CLIENT);

        Explanation said = scope.explain(CLIENT, Scope.NO_PORT, List.of());
        assertThat(said.outcome()).isEqualTo(Outcome.KEPT);
        assertThat(said.bound()).map(Member::id).contains(home);
        assertThat(ids(said)).startsWith(home).hasSize(3);
        assertThat(scope.explain(TestGateway.client(2), Scope.NO_PORT, List.of())
                        .outcome())
                .isEqualTo(Outcome.NEW);

        scope.revoke(CLIENT);
        assertThat(scope.explain(CLIENT, Scope.NO_PORT, List.of()).outcome()).isEqualTo(Outcome.REVOKED);
        visit(scope, CLIENT);
        gateway.advance(TestGateway.IDLE);
        assertThat(scope.explain(CLIENT, Scope.NO_PORT, List.of()).outcome()).isEqualTo(Outcome.IDLE_EXPIRED);
    }

    @Test
    void aClientKnownByItsCookieIsToldAsItIsDecided() {
        Scope scope = gateway.scope(TestGateway.cookie());
        Decision first = scope.decide(CLIENT, List.of());
        String cookie = first.cookieValue();
        String home = member(first);

        assertThat(explain(scope, cookie).outcome()).isEqualTo(Outcome.KEPT);
        assertThat(ids(explain(scope, cookie))).startsWith(home);
        assertThat(explain(scope, "forged").outcome()).isEqualTo(Outcome.INVALID);

        gateway.upstream.setState(home, BackendState.DOWN);
        Explanation moved = explain(scope, cookie);
        assertThat(moved.outcome()).isEqualTo(Outcome.MOVED);
        assertThat(moved.bound()).map(Member::id).contains(home);
        assertThat(ids(moved)).hasSize(2).doesNotContain(home);

        scope.revokeAll();
        assertThat(explain(scope, cookie).outcome()).isEqualTo(Outcome.REVOKED);
        gateway.advance(TestGateway.IDLE.plus(Duration.ofSeconds(1)));
        assertThat(explain(scope, cookie).outcome()).isEqualTo(Outcome.IDLE_EXPIRED);
    }

    @Test
    void aStrictPolicyHasNoOtherCandidates() {
        Scope scope = gateway.scope(TestGateway.source(null, true));
        String home = visit(scope, CLIENT);
        assertThat(ids(scope.explain(CLIENT, Scope.NO_PORT, List.of()))).containsExactly(home);

        gateway.upstream.setState(home, BackendState.DOWN);
        Explanation refused = scope.explain(CLIENT, Scope.NO_PORT, List.of());
        assertThat(refused.refused()).isTrue();
        assertThat(refused.candidates()).isEmpty();
    }

    private static Explanation explain(Scope scope, String cookie) {
        return scope.explain(CLIENT, Scope.NO_PORT, List.of(cookie));
    }

    private static List<String> ids(Explanation explanation) {
        return explanation.candidates().stream().map(Member::id).toList();
    }

    private static String visit(Scope scope, InetAddress client) {
        try (Decision decision = scope.decide(client, List.of())) {
            return member(decision);
        }
    }

    private static String member(Decision decision) {
        return Objects.requireNonNull(decision.member(), "a backend").id();
    }
}
