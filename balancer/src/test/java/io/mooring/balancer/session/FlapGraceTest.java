package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.token.SessionToken;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.balancer.upstream.Vitality;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client whose backend is down for a moment is served elsewhere, and comes back to it. */
final class FlapGraceTest {

    private static final InetAddress CLIENT = TestGateway.client(1);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration BLIP = Duration.ofSeconds(10);

    private final TestGateway gateway = new TestGateway(
            "a:10 b:10 c:10",
            new StatePolicy(false, AllDown.TRY_ALL, Duration.ZERO, GRACE, null, null),
            TestGateway.KEY);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientIsDivertedToOneHostAndReturns(boolean cookies) {
        Client client = client(cookies, false);
        String home = client.visit(Outcome.NEW);
        gateway.upstream.found(home, Vitality.DOWN, "refused");

        Set<String> hosts = IntStream.range(0, 20)
                .mapToObj(i -> client.visit(Outcome.DIVERTED))
                .collect(Collectors.toSet());
        gateway.advance(BLIP);
        gateway.upstream.found(home, Vitality.UP, "answered");

        assertThat(hosts).hasSize(1).doesNotContain(home);
        assertThat(client.visit(Outcome.KEPT)).isEqualTo(home);
        assertThat(gateway.active()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientIsMovedForGoodAfterTheGrace(boolean cookies) {
        Client client = client(cookies, false);
        String home = client.visit(Outcome.NEW);
        gateway.upstream.found(home, Vitality.DOWN, "refused");
        client.visit(Outcome.DIVERTED);
        gateway.advance(GRACE);

        String next = client.visit(Outcome.MOVED);
        gateway.upstream.found(home, Vitality.UP, "answered");

        assertThat(next).isNotEqualTo(home);
        assertThat(client.visit(Outcome.KEPT)).isEqualTo(next);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBackendThatCannotBeConnectedToIsAwaitedBeforeAnybodyHasFoundItDown(boolean cookies) {
        Client client = client(cookies, false);
        String home = client.visit(Outcome.NEW);

        Decision decision = client.decide();
        assertThat(id(decision)).isEqualTo(home);
        decision.failover();
        String host = id(decision);
        client.finish(decision);

        assertThat(decision.outcome()).isEqualTo(Outcome.DIVERTED);
        assertThat(host).isNotEqualTo(home);
        assertThat(client.visit(Outcome.KEPT)).isEqualTo(home);
        assertThat(gateway.active()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoseHostFailsTooGoesOnToTheNextAndReturns(boolean cookies) {
        Client client = client(cookies, false);
        String home = client.visit(Outcome.NEW);
        gateway.upstream.found(home, Vitality.DOWN, "refused");

        Decision decision = client.decide();
        String first = id(decision);
        decision.failover();
        String second = id(decision);
        client.finish(decision);
        gateway.upstream.found(home, Vitality.UP, "answered");

        assertThat(Set.of(home, first, second)).hasSize(3);
        assertThat(decision.outcome()).isEqualTo(Outcome.DIVERTED);
        assertThat(client.visit(Outcome.KEPT)).isEqualTo(home);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStrictClientWaits(boolean cookies) {
        Client client = client(cookies, true);
        String home = client.visit(Outcome.NEW);
        gateway.upstream.found(home, Vitality.DOWN, "refused");

        Decision decision = client.decide();
        client.finish(decision);

        assertThat(decision.isRefused()).isTrue();
        assertThat(decision.outcome()).isEqualTo(Outcome.MOVED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOperatorsMaintenanceIsNoBlip(boolean cookies) {
        Client client = client(cookies, false);
        String home = client.visit(Outcome.NEW);
        gateway.upstream.administer(home, AdminState.MAINTENANCE);

        String next = client.visit(Outcome.MOVED);
        gateway.upstream.administer(home, AdminState.READY);

        assertThat(client.visit(Outcome.KEPT)).isEqualTo(next);
    }

    @Test
    void theSessionGoesOnWhileItsClientIsElsewhere() {
        Client client = client(true, false);
        String home = client.visit(Outcome.NEW);
        gateway.upstream.found(home, Vitality.DOWN, "refused");
        gateway.advance(BLIP);

        Decision decision = client.decide();
        SessionToken token =
                Objects.requireNonNull(TestGateway.codec(TestGateway.KEY).verify(decision.cookieValue()));
        client.finish(decision);

        assertThat(decision.cookieAction()).isEqualTo(CookieAction.REFRESHED);
        assertThat(token.backendTag())
                .isEqualTo(TestGateway.codec(TestGateway.KEY).backendTag(0, home));
        assertThat(token.lastSeenMillis() - token.beganMillis()).isEqualTo(BLIP.toMillis());
    }

    @Test
    void theSessionsOfABackendAreSpreadOverTheOthers() {
        Scope scope = gateway.scope(TestGateway.source());
        List<InetAddress> clients =
                IntStream.range(0, 300).mapToObj(TestGateway::client).toList();
        List<InetAddress> ofA = clients.stream()
                .filter(client -> {
                    try (Decision decision = scope.decide(client, List.of())) {
                        return id(decision).equals("a");
                    }
                })
                .toList();
        gateway.upstream.found("a", Vitality.DOWN, "refused");

        long atB = ofA.stream()
                .filter(client -> {
                    try (Decision decision = scope.decide(client, List.of())) {
                        return id(decision).equals("b");
                    }
                })
                .count();

        assertThat(ofA).hasSize(100);
        assertThat(atB).isBetween(30L, 70L);
        assertThat(scope.liveSessions("a")).hasValue(100);
        assertThat(scope.outcomes(Outcome.DIVERTED)).isEqualTo(100);
    }

    private Client client(boolean cookies, boolean strict) {
        return new Client(gateway.scope(cookies ? TestGateway.cookie(null, strict) : TestGateway.source(null, strict)));
    }

    private static String id(Decision decision) {
        Member member = decision.member();
        return member == null ? "none" : member.id();
    }

    /** One client, which keeps its cookie. */
    private static final class Client {
        private final Scope scope;
        private List<String> cookies = List.of();

        Client(Scope scope) {
            this.scope = scope;
        }

        Decision decide() {
            return scope.decide(CLIENT, cookies);
        }

        void finish(Decision decision) {
            decision.settle();
            if (decision.cookieAction() != CookieAction.NONE) {
                cookies = List.of(decision.cookieValue());
            }
            decision.close();
        }

        String visit(Outcome expected) {
            Decision decision = decide();
            assertThat(decision.outcome()).isEqualTo(expected);
            String id = id(decision);
            finish(decision);
            return id;
        }
    }
}
