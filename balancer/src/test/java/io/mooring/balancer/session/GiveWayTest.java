package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.token.SessionToken;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Vitality;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A backend that has no room at the moment is passed over, and keeps its sessions. */
final class GiveWayTest {

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
    @MethodSource("policies")
    void aClientThatIsNewIsGivenTheNextBackendAndTheSameOutcome(Policy policy) {
        Scope scope = gateway.scope(policy);
        Decision decision = scope.decide(TestGateway.client(1), List.of());
        Outcome outcome = decision.outcome();
        String first = id(decision);

        Member next = decision.giveWay();

        assertThat(next).isNotNull().isSameAs(decision.member());
        assertThat(id(decision)).isNotEqualTo(first);
        assertThat(decision.outcome()).isEqualTo(outcome);
        assertThat(gateway.active()).isEqualTo(1);
        decision.close();
        assertThat(gateway.active()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatIsNewIsBoundToWhereItWasServed(boolean cookies) {
        Scope scope = scope(cookies, false);
        Decision decision = scope.decide(TestGateway.client(1), List.of());
        decision.giveWay();
        String host = id(decision);
        List<String> carried = finish(decision, List.of());

        Decision next = scope.decide(TestGateway.client(1), carried);
        assertThat(next.outcome()).isEqualTo(Outcome.KEPT);
        assertThat(id(next)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatIsBoundIsDivertedAndReturns(boolean cookies) {
        Scope scope = scope(cookies, false);
        Decision first = scope.decide(TestGateway.client(1), List.of());
        String home = id(first);
        List<String> carried = finish(first, List.of());
        gateway.advance(Duration.ofSeconds(2));

        Decision decision = scope.decide(TestGateway.client(1), carried);
        decision.giveWay();
        assertThat(decision.outcome()).isEqualTo(Outcome.DIVERTED);
        assertThat(id(decision)).isNotEqualTo(home);
        carried = finish(decision, carried);
        if (cookies) {
            SessionToken token =
                    Objects.requireNonNull(TestGateway.codec(TestGateway.KEY).verify(carried.get(0)));
            assertThat(decision.cookieAction()).isEqualTo(CookieAction.REFRESHED);
            assertThat(token.backendTag())
                    .isEqualTo(TestGateway.codec(TestGateway.KEY).backendTag(0, home));
        }

        Decision next = scope.decide(TestGateway.client(1), carried);
        assertThat(next.outcome()).isEqualTo(Outcome.KEPT);
        assertThat(id(next)).isEqualTo(home);
        next.close();
        assertThat(gateway.active()).isZero();
        assertThat(scope.outcomes(Outcome.DIVERTED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStrictClientStaysWhereItIs(boolean cookies) {
        Scope scope = scope(cookies, true);
        List<String> carried = finish(scope.decide(TestGateway.client(1), List.of()), List.of());
        Decision decision = scope.decide(TestGateway.client(1), carried);
        String home = id(decision);

        assertThat(decision.giveWay()).isNull();
        assertThat(decision.outcome()).isEqualTo(Outcome.KEPT);
        assertThat(id(decision)).isEqualTo(home);
        assertThat(gateway.active()).isEqualTo(1);
    }

    @Test
    void withoutAnotherBackendTheChoiceStays() {
        gateway.remove("b");
        gateway.remove("c");
        Scope scope = scope(true, false);
        List<String> carried = finish(scope.decide(TestGateway.client(1), List.of()), List.of());
        Decision decision = scope.decide(TestGateway.client(1), carried);

        assertThat(decision.giveWay()).isNull();
        assertThat(decision.outcome()).isEqualTo(Outcome.KEPT);
        assertThat(id(decision)).isEqualTo("a");
        assertThat(gateway.active()).isEqualTo(1);
    }

    @Test
    void neitherAClosedDecisionNorASettledOneGivesWay() {
        Scope scope = scope(true, false);
        Decision settled = scope.decide(TestGateway.client(1), List.of());
        settled.settle();
        assertThatIllegalStateException().isThrownBy(settled::giveWay);

        settled.close();
        assertThat(settled.giveWay()).isNull();
    }

    /** A backend is found to have no room only after some time, in which others may have gone. */
    @ParameterizedTest
    @MethodSource("policies")
    void aCandidateThatWasFoundDownMeanwhileIsLookedPast(Policy policy) {
        Scope scope = gateway.scope(policy);
        for (int client = 0; client < 20; client++) {
            Decision decision = scope.decide(TestGateway.client(client), List.of());
            List<String> others = Stream.of("a", "b", "c")
                    .filter(id -> !id.equals(id(decision)))
                    .toList();
            gateway.upstream.found(others.get(client % 2), Vitality.DOWN, "refused");

            Member next = client < 10 ? decision.giveWay() : decision.failover();

            assertThat(next).extracting(Member::id).isEqualTo(others.get(1 - client % 2));
            decision.close();
            gateway.upstream.found(others.get(client % 2), Vitality.UP, "answered");
        }
    }

    @Test
    void aCandidateThatWasFoundDownIsBetterThanNone() {
        Decision decision = scope(true, false).decide(TestGateway.client(1), List.of());
        for (String id : List.of("a", "b", "c")) {
            if (!id.equals(id(decision))) {
                gateway.upstream.found(id, Vitality.DOWN, "refused");
            }
        }

        assertThat(decision.giveWay()).isNotNull();
    }

    private Scope scope(boolean cookies, boolean strict) {
        return gateway.scope(cookies ? TestGateway.cookie(null, strict) : TestGateway.source(null, strict));
    }

    private static String id(Decision decision) {
        return Objects.requireNonNull(decision.member()).id();
    }

    /** The cookies that the client has afterwards. */
    private static List<String> finish(Decision decision, List<String> cookies) {
        decision.settle();
        List<String> carried = decision.cookieAction() == CookieAction.NONE ? cookies : List.of(decision.cookieValue());
        decision.close();
        return carried;
    }
}
