package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.source.SourcePrefixes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A scope that goes on by another policy. */
class ScopeChangeTest {

    private static final Duration SHORT = Duration.ofSeconds(60);

    private final TestGateway gateway = new TestGateway("a:10 b:10");

    @Test
    void cookiesGoOnByTheirNewTimeouts() {
        Scope scope = gateway.scope(TestGateway.cookie());
        String cookie = visit(scope, List.of());
        scope.become(cookies(SHORT));

        assertThat(outcome(scope, List.of(cookie))).isEqualTo(Outcome.KEPT);
        gateway.advance(SHORT);
        assertThat(outcome(scope, List.of(cookie))).isEqualTo(Outcome.IDLE_EXPIRED);
    }

    @Test
    void cookiesThatWereRevokedStayRevoked() {
        Scope scope = gateway.scope(TestGateway.cookie());
        String cookie = visit(scope, List.of());
        scope.revokeAll();
        scope.become(cookies(SHORT));

        assertThat(outcome(scope, List.of(cookie))).isEqualTo(Outcome.REVOKED);
    }

    @Test
    void sourcesGoOnByTheirNewTimeoutsAndKeepTheirBackends() {
        Scope scope = gateway.scope(TestGateway.source());
        List<String> before = backends(scope, 20);
        scope.become(sources(SHORT, SourcePrefixes.DEFAULT, 1_000));

        assertThat(backends(scope, 20)).isEqualTo(before);
        gateway.advance(SHORT);
        assertThat(scope.liveSessions()).hasValue(0);
    }

    @Test
    void aLongerTimeoutHoldsForSessionsThatAreThere() {
        Scope scope = gateway.scope(sources(SHORT, SourcePrefixes.DEFAULT, 1_000));
        List<String> before = backends(scope, 20);
        scope.become(TestGateway.source());
        gateway.advance(SHORT);

        assertThat(scope.liveSessions()).hasValue(20);
        assertThat(backends(scope, 20)).isEqualTo(before);
    }

    @Test
    void moreSourcesAreRememberedOnceThereMayBeMore() {
        Scope scope = gateway.scope(sources(SHORT, SourcePrefixes.DEFAULT, 10));
        backends(scope, 20);
        assertThat(scope.liveSessions()).hasValue(10);

        scope.become(sources(SHORT, SourcePrefixes.DEFAULT, 30));
        backends(scope, 40);
        assertThat(scope.liveSessions()).hasValue(30);
    }

    @Test
    void aTableShrinksAsItsSessionsEnd() {
        Scope scope = gateway.scope(sources(SHORT, SourcePrefixes.DEFAULT, 30));
        backends(scope, 30);
        scope.become(sources(SHORT, SourcePrefixes.DEFAULT, 10));
        backends(scope, 40);
        assertThat(scope.liveSessions()).hasValue(30);

        gateway.advance(SHORT.multipliedBy(3));
        backends(scope, 40);
        assertThat(scope.liveSessions()).hasValue(10);
    }

    @Test
    void otherPrefixesBeginAnew() {
        Scope scope = gateway.scope(TestGateway.source());
        backends(scope, 20);
        scope.become(sources(SHORT, new SourcePrefixes(24, 64), 1_000));

        assertThat(scope.liveSessions()).hasValue(0);
    }

    @Test
    void aDecisionMadeBeforeStaysGood() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision before = scope.decide(TestGateway.client(1), List.of());
        before.settle();
        scope.become(TestGateway.none(Balancing.WEIGHTED_LEAST_CONNECTIONS));

        assertThat(outcome(scope, List.of())).isEqualTo(Outcome.OFF);
        before.close();
        assertThat(gateway.active()).isZero();
        assertThat(scope.directory()).isEmpty();
    }

    @Test
    void aScopeFollowsItsUpstreamAfterwards() {
        Scope scope = gateway.scope(TestGateway.cookie());
        scope.become(TestGateway.none(Balancing.WEIGHTED_ROUND_ROBIN));
        gateway.remove("a");

        assertThat(backends(scope, 4)).containsOnly("b");
    }

    private static Policy cookies(Duration idle) {
        return new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.Cookie(new SessionTimeouts(idle, null), false, CookieAttributes.named("s")));
    }

    private static Policy sources(Duration idle, SourcePrefixes prefixes, int maxEntries) {
        return new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.SourceIp(new SessionTimeouts(idle, null), false, prefixes, maxEntries));
    }

    private static String visit(Scope scope, List<String> tokens) {
        try (Decision decision = scope.decide(null, tokens)) {
            decision.settle();
            return decision.cookieValue();
        }
    }

    private static Outcome outcome(Scope scope, List<String> tokens) {
        try (Decision decision = scope.decide(null, tokens)) {
            return decision.outcome();
        }
    }

    /** Who serves so many clients, each of another /24. */
    private static List<String> backends(Scope scope, int clients) {
        return IntStream.range(0, clients)
                .mapToObj(i -> {
                    try (Decision decision = scope.decide(TestGateway.client(i << 8), List.of())) {
                        decision.settle();
                        return Objects.requireNonNull(decision.member()).id();
                    }
                })
                .toList();
    }
}
