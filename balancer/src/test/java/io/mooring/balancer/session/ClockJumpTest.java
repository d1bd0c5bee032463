package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wall clock is set, by an hour or a day, while no time passes. */
class ClockJumpTest {

    private static final int CLIENTS = 1_000;

    private final TestGateway gateway = new TestGateway("a:10 b:10 c:10");

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "-PT1H", "PT24H", "-PT24H", "PT8760H", "-PT8760H"})
    void noSessionOfATableIsAffected(Duration jump) {
        Scope scope = gateway.scope(TestGateway.source(TestGateway.ABSOLUTE, false, 2 * CLIENTS));
        List<String> homes = visitAll(scope);
        gateway.wallClock.advance(jump);

        assertThat(scope.liveSessions()).hasValue(CLIENTS);
        assertThat(visitAll(scope)).isEqualTo(homes);
        assertThat(scope.outcomes(Outcome.KEPT)).isEqualTo(CLIENTS);

        gateway.ticker.advance(TestGateway.IDLE.minusSeconds(1));
        gateway.wallClock.advance(jump);
        assertThat(visitAll(scope)).as("the time that has passed counts").isEqualTo(homes);
        gateway.ticker.advance(TestGateway.IDLE);
        assertThat(scope.liveSessions()).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-PT1H", "-PT24H"})
    void aClockThatIsSetBackByUpToADayEndsNoCookie(Duration jump) {
        Scope scope = gateway.scope(TestGateway.cookie(TestGateway.ABSOLUTE, false));
        List<Client> clients = visitNew(scope);
        List<String> homes = homes(clients);
        gateway.wallClock.advance(jump);
        visit(scope, clients);

        assertThat(homes(clients)).isEqualTo(homes);
        assertThat(scope.outcomes(Outcome.KEPT)).isEqualTo(CLIENTS);
        gateway.advance(TestGateway.IDLE.minusSeconds(1));
        visit(scope, clients);
        assertThat(scope.outcomes(Outcome.KEPT)).isEqualTo(2 * CLIENTS);
    }

    @Test
    void aCookieFromMoreThanADayAheadIsInvalid() {
        Scope scope = gateway.scope(TestGateway.cookie());
        List<Client> clients = visitNew(scope);
        gateway.wallClock.advance(Duration.ofDays(-1).minusSeconds(1));
        visit(scope, clients);
        assertThat(scope.outcomes(Outcome.INVALID)).isEqualTo(CLIENTS);

        visit(scope, clients);
        assertThat(scope.outcomes(Outcome.KEPT)).as("once").isEqualTo(CLIENTS);
    }

    @Test
    void aClockThatIsSetForwardByLessThanWhatIsLeftEndsNoCookie() {
        Scope scope = gateway.scope(TestGateway.cookie());
        List<Client> clients = visitNew(scope);
        gateway.wallClock.advance(TestGateway.IDLE.minusMillis(1));
        visit(scope, clients);

        assertThat(scope.outcomes(Outcome.KEPT)).isEqualTo(CLIENTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT24H"})
    void aClockThatIsSetForwardEndsCookiesEarlyOnceAndSettingItRightEndsNone(Duration jump) {
        Scope scope = gateway.scope(TestGateway.cookie());
        List<Client> clients = visitNew(scope);
        gateway.wallClock.advance(jump);
        visit(scope, clients);
        assertThat(scope.outcomes(Outcome.IDLE_EXPIRED)).isEqualTo(CLIENTS);
        List<String> homes = homes(clients);

        gateway.wallClock.advance(jump.negated());
        visit(scope, clients);
        assertThat(scope.outcomes(Outcome.KEPT)).isEqualTo(CLIENTS);
        assertThat(homes(clients)).isEqualTo(homes);
    }

    private static List<String> visitAll(Scope scope) {
        return IntStream.range(0, CLIENTS)
                .mapToObj(client -> visit(scope, TestGateway.client(client), List.of()))
                .toList();
    }

    private static List<Client> visitNew(Scope scope) {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client());
        }
        visit(scope, clients);
        return clients;
    }

    private static void visit(Scope scope, List<Client> clients) {
        clients.forEach(client -> client.visit(scope));
    }

    private static List<String> homes(List<Client> clients) {
        return clients.stream().map(client -> client.home).toList();
    }

    private static String visit(Scope scope, @Nullable InetAddress address, List<String> tokens) {
        try (Decision decision = scope.decide(address, tokens)) {
            return Objects.requireNonNull(decision.member()).id();
        }
    }

    /** Keeps its cookie. */
    private static final class Client {
        private String cookie = "";
        private String home = "";

        void visit(Scope scope) {
            try (Decision decision = scope.decide(null, cookie.isEmpty() ? List.of() : List.of(cookie))) {
                home = Objects.requireNonNull(decision.member()).id();
                if (decision.cookieAction() != CookieAction.NONE) {
                    cookie = decision.cookieValue();
                }
            }
        }
    }
}
