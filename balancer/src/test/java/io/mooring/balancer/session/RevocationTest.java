package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Members;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RevocationTest {

    private final TestGateway gateway = new TestGateway("a:10 b:10");
    private final Scope cookies = gateway.scope(TestGateway.cookie(TestGateway.ABSOLUTE, true));
    private final Scope sources = gateway.scope(TestGateway.source(TestGateway.ABSOLUTE, true));

    @Test
    void revokingAClientEndsItsCookiesAndNobodyElses() throws Exception {
        String own = cookie();
        String others = cookie();
        InetAddress client = InetAddress.getByName("192.0.2.1");
        cookies.revoke(cookies.revocations().orElseThrow().afterEnded(client, gateway.wallClock.instant()));

        Decision decision = cookies.decide(client, List.of(own));
        assertThat(decision.outcome()).isEqualTo(Outcome.REVOKED);
        assertThat(outcome(others)).isEqualTo(Outcome.KEPT);
        assertThat(cookies.decide(InetAddress.getByName("192.0.2.2"), List.of(others))
                        .outcome())
                .isEqualTo(Outcome.KEPT);
        assertThat(cookies.decide(InetAddress.getByName("::ffff:192.0.2.1"), List.of(own))
                        .outcome())
                .isEqualTo(Outcome.REVOKED);

        gateway.advance(Duration.ofMillis(1));
        Decision next = cookies.decide(client, List.of());
        assertThat(cookies.decide(client, List.of(next.cookieValue())).outcome())
                .isEqualTo(Outcome.KEPT);
    }

    @Test
    void whatWasRevokedOfClientsIsForgottenWhenNoSessionCanBeIdleForSoLong() throws Exception {
        InetAddress first = InetAddress.getByName("192.0.2.1");
        InetAddress second = InetAddress.getByName("2001:db8::1");
        Revocations one = Revocations.NONE.afterEnded(first, Instant.EPOCH);

        assertThat(one.afterEnded(second, Instant.EPOCH.plus(Revocations.MEMORY))
                        .clients())
                .hasSize(2);
        assertThat(one.afterEnded(second, Instant.EPOCH.plus(Revocations.MEMORY).plusMillis(1))
                        .clients())
                .containsOnlyKeys(Revocations.PREFIXES.of(second));
    }

    @Test
    void theClientsThatAreRememberedAreBounded() throws Exception {
        Map<SourceAddress, Instant> clients = new HashMap<>();
        for (int i = 0; i < Revocations.MAX_ENTRIES; i++) {
            clients.put(new SourceAddress(0, i), Instant.EPOCH);
        }
        Revocations last = new Revocations(0, Map.of(), clients);

        assertThatThrownBy(() -> last.afterEnded(InetAddress.getByName("192.0.2.1"), Instant.EPOCH))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("10001 (expected: 10000 or fewer)");
    }

    @Test
    void whatWasRevokedHoldsForAScopeThatIsMadeLater() {
        String revoked = cookie();
        Revocations ended = cookies.revocations().orElseThrow().afterAllEnded();
        SessionContext knowing = new SessionContext(
                gateway.context.keys(),
                gateway.ticker,
                gateway.wallClock,
                new Random(1),
                ShareObserver.none(),
                Map.of(cookies.id(), ended)::get);
        Scope later = new Scope(cookies.id(), gateway.upstream, cookies.policy(), knowing);

        assertThat(later.decide(null, List.of(revoked)).outcome()).isEqualTo(Outcome.REVOKED);
        assertThat(sources.revocations()).isEmpty();
    }

    @Test
    void revokingAllEndsEveryCookieOnce() {
        String one = cookie();
        String other = cookie();
        cookies.revokeAll();

        for (String revoked : List.of(one, other)) {
            Decision decision = cookies.decide(null, List.of(revoked));
            assertThat(decision.outcome()).isEqualTo(Outcome.REVOKED);
            assertThat(decision.cookieAction()).isEqualTo(CookieAction.REPLACED);
            assertThat(outcome(decision.cookieValue())).isEqualTo(Outcome.KEPT);
        }
    }

    @Test
    void aRevokedCookieBeginsAnew() {
        String revoked = cookie();
        gateway.advance(Duration.ofSeconds(10));
        cookies.revokeAll();

        Decision decision = cookies.decide(null, List.of(revoked));

        assertThat(TestGateway.codec(TestGateway.KEY).verify(decision.cookieValue()))
                .satisfies(token -> assertThat(token.beganMillis()).isEqualTo(gateway.wallClock.millis()));
    }

    @Test
    void revokingABackendEndsItsCookiesAndNoOthers() {
        String ofA = cookie("a");
        String ofB = cookie("b");
        cookies.revokeBackend("a");

        assertThat(outcome(ofA)).isEqualTo(Outcome.REVOKED);
        assertThat(outcome(ofB)).isEqualTo(Outcome.KEPT);
        assertThat(outcome(cookie("a"))).isEqualTo(Outcome.KEPT);
    }

    @Test
    void aRevokedCookieIsRevokedEvenIfItsBackendIsDownOrGone() {
        String ofA = cookie("a");
        String ofB = cookie("b");
        cookies.revokeAll();
        gateway.upstream.replaceBackends(Members.backends("a:10 c:10"));
        gateway.upstream.setState("a", BackendState.DOWN);

        assertThat(outcome(ofA)).isEqualTo(Outcome.REVOKED);
        assertThat(outcome(ofB)).isEqualTo(Outcome.REVOKED);
    }

    @Test
    void expiryComesBeforeRevocation() {
        String cookie = cookie();
        visit(1);
        cookies.revokeAll();
        sources.revokeAll();
        gateway.advance(TestGateway.IDLE);

        assertThat(outcome(cookie)).isEqualTo(Outcome.IDLE_EXPIRED);
        assertThat(visit(1)).isEqualTo(Outcome.IDLE_EXPIRED);
    }

    @Test
    void oneScopesRevocationIsNoOthers() {
        Scope other = gateway.scope(new ScopeId(ScopeId.Kind.ROUTE, "r"), TestGateway.cookie());
        String there = other.decide(null, List.of()).cookieValue();
        cookies.revokeAll();

        assertThat(other.decide(null, List.of(there)).outcome()).isEqualTo(Outcome.KEPT);
    }

    @Test
    void revokingAClientEndsItsSessionOnce() {
        visit(1);
        visit(2);

        assertThat(sources.revoke(TestGateway.client(1))).isTrue();
        assertThat(sources.revoke(TestGateway.client(1))).as("again").isFalse();
        assertThat(sources.revoke(TestGateway.client(3))).as("a stranger").isFalse();
        assertThat(sources.liveSessions()).hasValue(1);

        assertThat(visit(1)).isEqualTo(Outcome.REVOKED);
        assertThat(visit(1)).isEqualTo(Outcome.KEPT);
        assertThat(visit(2)).isEqualTo(Outcome.KEPT);
    }

    @Test
    void aClientWhoseSessionIsOverHasNoneToRevoke() {
        visit(1);
        gateway.advance(TestGateway.IDLE);

        assertThat(sources.revoke(TestGateway.client(1))).isFalse();
        assertThat(visit(1)).isEqualTo(Outcome.IDLE_EXPIRED);
    }

    @Test
    void revokingABackendEndsTheSourcesBoundToItAndNoOthers() {
        String first = home(1);
        String second = home(2);
        assertThat(first).as("two backends take turns").isNotEqualTo(second);

        sources.revokeBackend(first);

        assertThat(sources.liveSessions(first)).hasValue(0);
        assertThat(sources.liveSessions()).hasValue(1);
        assertThat(visit(1)).isEqualTo(Outcome.REVOKED);
        assertThat(visit(2)).isEqualTo(Outcome.KEPT);
        assertThat(visit(1)).isEqualTo(Outcome.KEPT);
        sources.revokeBackend("unknown");
        assertThat(visit(1)).isEqualTo(Outcome.KEPT);
    }

    @Test
    void revokingAllEndsEverySourceOnce() {
        for (int client = 0; client < 10; client++) {
            visit(client);
        }
        sources.revokeAll();

        assertThat(sources.liveSessions()).hasValue(0);
        for (int client = 0; client < 10; client++) {
            assertThat(visit(client)).isEqualTo(Outcome.REVOKED);
            assertThat(visit(client)).isEqualTo(Outcome.KEPT);
        }
        assertThat(sources.liveSessions()).hasValue(10);
    }

    @Test
    void theSessionAfterARevocationBeginsAnew() {
        visit(1);
        gateway.advance(Duration.ofMinutes(15));
        sources.revokeAll();
        assertThat(visit(1)).isEqualTo(Outcome.REVOKED);
        for (int i = 0; i < 3; i++) {
            gateway.advance(Duration.ofMinutes(15));
            assertThat(visit(1)).isEqualTo(Outcome.KEPT);
        }
        gateway.advance(Duration.ofMinutes(15));

        assertThat(visit(1)).isEqualTo(Outcome.MAX_EXPIRED);
    }

    private Outcome visit(int client) {
        try (Decision decision = sources.decide(TestGateway.client(client), List.of())) {
            return decision.outcome();
        }
    }

    private String home(int client) {
        try (Decision decision = sources.decide(TestGateway.client(client), List.of())) {
            return Objects.requireNonNull(decision.member()).id();
        }
    }

    private Outcome outcome(String cookie) {
        return cookies.decide(null, List.of(cookie)).outcome();
    }

    private String cookie() {
        return cookies.decide(null, List.of()).cookieValue();
    }

    /** A cookie that binds its client to this backend. */
    private String cookie(String backend) {
        Decision decision = cookies.decide(null, List.of());
        return Objects.requireNonNull(decision.member()).id().equals(backend)
                ? decision.cookieValue()
                : cookie(backend);
    }
}
