package io.mooring.balancer.session;

import static io.mooring.balancer.session.Outcome.IDLE_EXPIRED;
import static io.mooring.balancer.session.Outcome.KEPT;
import static io.mooring.balancer.session.Outcome.MAX_EXPIRED;
import static io.mooring.balancer.session.Outcome.MOVED;
import static io.mooring.balancer.session.Outcome.NEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Members;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SourceSessionsTest {

    private static final Duration TICK = Duration.ofNanos(1);
    private static final InetAddress CLIENT = TestGateway.client(1);

    private final TestGateway gateway = new TestGateway("a:10 b:10 c:10");

    /** How long the client was silent; what became of its backend meanwhile; strict or not; and what comes of it. */
    private static Stream<Arguments> sessions() {
        Duration idle = TestGateway.IDLE;
        return Stream.of(
                Arguments.of(Duration.ZERO, "ready", false, KEPT, "same"),
                Arguments.of(idle.minus(TICK), "ready", false, KEPT, "same"),
                Arguments.of(idle.minus(TICK), "ready", true, KEPT, "same"),
                Arguments.of(idle, "ready", false, IDLE_EXPIRED, "any"),
                Arguments.of(idle, "ready", true, IDLE_EXPIRED, "any"),
                Arguments.of(idle, "draining", false, IDLE_EXPIRED, "another"),
                Arguments.of(idle, "down", true, IDLE_EXPIRED, "another"),
                Arguments.of(idle.multipliedBy(2).minus(TICK), "ready", false, IDLE_EXPIRED, "any"),
                Arguments.of(idle.multipliedBy(2), "ready", false, NEW, "any"),
                Arguments.of(TICK, "draining", false, KEPT, "same"),
                Arguments.of(TICK, "draining", true, KEPT, "same"),
                Arguments.of(TICK, "weightless", false, KEPT, "same"),
                Arguments.of(TICK, "down", false, MOVED, "another"),
                Arguments.of(TICK, "maintenance", false, MOVED, "another"),
                Arguments.of(TICK, "probing", false, MOVED, "another"),
                Arguments.of(TICK, "gone", false, MOVED, "another"),
                Arguments.of(TICK, "down", true, MOVED, "none"),
                Arguments.of(TICK, "gone", true, MOVED, "none"));
    }

    @ParameterizedTest(name = "silent for {0}, backend {1}, strict {2}: {3}, served by {4}")
    @MethodSource("sessions")
    void aSessionHasItsOutcome(Duration silence, String state, boolean strict, Outcome outcome, String served) {
        Scope scope = gateway.scope(TestGateway.source(null, strict));
        String home = visit(scope, CLIENT, NEW);
        gateway.advance(silence);
        put(home, state);

        Decision decision = decide(scope, CLIENT);

        assertThat(decision.outcome()).isEqualTo(outcome);
        assertThat(decision.isRefused()).isEqualTo(served.equals("none"));
        assertThat(decision.cookieAction()).isEqualTo(CookieAction.NONE);
        assertThatIllegalStateException().isThrownBy(decision::cookieValue);
        switch (served) {
            case "same" -> assertThat(id(decision)).isEqualTo(home);
            case "another" -> assertThat(id(decision)).isNotEqualTo(home);
            case "any" -> assertThat(id(decision)).isIn("a", "b", "c");
            case "none" -> assertThat(decision.member()).isNull();
            default -> throw new IllegalArgumentException(served);
        }
        decision.close();
        assertThat(scope.outcomes(outcome)).isGreaterThanOrEqualTo(1);
        assertThat(gateway.active()).isZero();
        if (!served.equals("none")) {
            assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(decision));
        }
    }

    @Test
    void aBusySessionEndsAtItsAbsoluteTimeoutAndAMoveDoesNotExtendIt() {
        Scope scope = gateway.scope(TestGateway.source(TestGateway.ABSOLUTE, false));
        String home = visit(scope, CLIENT, NEW);
        Duration step = Duration.ofMinutes(10);
        for (int i = 0; i < 4; i++) {
            gateway.advance(step);
            visit(scope, CLIENT, KEPT);
        }
        gateway.upstream.setState(home, BackendState.DOWN);
        visit(scope, CLIENT, MOVED);
        gateway.advance(step);
        visit(scope, CLIENT, KEPT);

        gateway.advance(step.minus(TICK));
        visit(scope, CLIENT, KEPT);
        gateway.advance(TICK);
        visit(scope, CLIENT, MAX_EXPIRED);
        visit(scope, CLIENT, KEPT);
    }

    @Test
    void aMovedClientStaysWhereItIsWhenItsBackendComesBack() {
        Scope scope = gateway.scope(TestGateway.source());
        String home = visit(scope, CLIENT, NEW);
        gateway.upstream.setState(home, BackendState.DOWN);
        String refuge = visit(scope, CLIENT, MOVED);
        gateway.upstream.setState(home, BackendState.READY);

        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(refuge).isNotEqualTo(home);
    }

    @Test
    void theSessionsOfABackendThatWasGoneAreItsOwnWhenItComesBack() {
        Scope scope = gateway.scope(TestGateway.source());
        String home = visit(scope, CLIENT, NEW);
        gateway.remove(home);
        gateway.upstream.replaceBackends(Members.backends("x:1 a:10 b:10 c:10"));

        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(home);
        assertThat(scope.liveSessions(home)).hasValue(1);
    }

    @Test
    void anOpenConnectionKeepsItsSessionFromExpiring() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision open = decide(scope, CLIENT);
        gateway.advance(TestGateway.IDLE.multipliedBy(10));
        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(open));
        gateway.advance(TestGateway.IDLE.multipliedBy(10));

        open.close();

        gateway.advance(TestGateway.IDLE.minus(TICK));
        visit(scope, CLIENT, KEPT);
        gateway.advance(TestGateway.IDLE);
        visit(scope, CLIENT, IDLE_EXPIRED);
    }

    @Test
    void aFlowThatEndsRightAfterItSpokeLeavesItsSessionTheLastToGiveWay() {
        Scope scope = gateway.scope(TestGateway.source(null, false, 2));
        Decision flow = flow(scope, CLIENT);
        visit(scope, TestGateway.client(2), NEW);
        flow.touch();
        flow.close();
        visit(scope, TestGateway.client(3), NEW);

        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(flow));
        visit(scope, TestGateway.client(2), NEW);
    }

    @Test
    void aFlowThatEndsRightAfterItSpokeKeepsItsBackendAlsoIfItsSessionHasGivenWay() {
        Scope scope = gateway.scope(TestGateway.source(null, false, 2));
        Decision flow = flow(scope, CLIENT);
        visit(scope, TestGateway.client(2), NEW);
        visit(scope, TestGateway.client(3), NEW);
        flow.touch();
        flow.close();

        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(flow));
    }

    @Test
    void theEndOfAFlowLeavesASessionThatWasEndedSo() {
        Scope scope = gateway.scope(TestGateway.source(null, false, 2));
        Decision flow = flow(scope, CLIENT);
        flow.touch();
        flow.endSession();
        visit(scope, TestGateway.client(2), NEW);
        visit(scope, TestGateway.client(3), NEW);
        flow.close();

        visit(scope, CLIENT, NEW);
    }

    @Test
    void theEndOfAFlowIsNoUseOfItsSession() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision flow = flow(scope, CLIENT);
        flow.touch();
        gateway.advance(TestGateway.IDLE.minus(TICK));
        flow.close();
        gateway.advance(TICK);

        visit(scope, CLIENT, IDLE_EXPIRED);
    }

    @Test
    void aSilentFlowLetsItsSessionExpireAndATouchedOneDoesNot() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision flow = decide(scope, CLIENT);
        flow.settle();
        flow.letGo();
        gateway.advance(TestGateway.IDLE.minus(TICK));
        flow.touch();
        gateway.advance(TestGateway.IDLE.minus(TICK));
        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(flow));

        gateway.advance(TestGateway.IDLE);
        visit(scope, CLIENT, IDLE_EXPIRED);
    }

    @Test
    void aFlowThatSpeaksAgainAfterItsSessionEndedBeginsOneWithItsBackend() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision flow = decide(scope, CLIENT);
        flow.letGo();
        gateway.advance(TestGateway.IDLE.multipliedBy(3));

        flow.touch();

        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(flow));
        flow.close();
        gateway.advance(TestGateway.IDLE.multipliedBy(3));
        assertThat(scope.liveSessions()).as("nothing is held").hasValue(0);
    }

    @Test
    void aFlowWhoseBackendCannotBeReachedBindsItsSessionAnew() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision flow = decide(scope, CLIENT);
        flow.letGo();

        Member next = flow.failover();

        assertThat(next).isNotNull();
        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(flow));
        flow.close();
        gateway.advance(TestGateway.IDLE.multipliedBy(3));
        assertThat(scope.liveSessions()).as("nothing is held").hasValue(0);
    }

    @Test
    void connectionsOfOneClientThatFailOverTogetherStayTogether() {
        Scope scope = gateway.scope(TestGateway.source());
        Decision one = decide(scope, CLIENT);
        Decision two = decide(scope, CLIENT);
        Decision three = decide(scope, CLIENT);
        String dead = id(one);

        one.failover();
        two.failover();
        three.failover();

        assertThat(id(one)).isNotEqualTo(dead);
        assertThat(id(two)).isEqualTo(id(one));
        assertThat(id(three)).isEqualTo(id(one));
        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(one));
    }

    @Test
    void portsDoNotMatterButNetworksDo() throws UnknownHostException {
        Scope scope = gateway.scope(TestGateway.source());
        String home = visit(scope, InetAddress.getByName("2001:db8::1"), NEW);

        assertThat(visit(scope, InetAddress.getByName("2001:db8::ffff:2"), KEPT))
                .isEqualTo(home);
        visit(scope, InetAddress.getByName("2001:db8:0:1::1"), NEW);
        assertThat(scope.liveSessions()).hasValue(2);
    }

    @Test
    void aClientWithoutAnAddressIsServedAndNotRemembered() {
        Scope scope = gateway.scope(TestGateway.source());

        for (int i = 0; i < 2; i++) {
            try (Decision decision = scope.decide(null, List.of())) {
                assertThat(decision.outcome()).isEqualTo(NEW);
                assertThat(decision.member()).isNotNull();
            }
        }
        assertThat(scope.liveSessions()).hasValue(0);
    }

    @Test
    void aClientForWhomThereIsNoRoomIsServedAndNotRemembered() {
        Scope scope = gateway.scope(TestGateway.source(null, false, 1));
        Decision open = decide(scope, CLIENT);

        Decision other = decide(scope, TestGateway.client(2));
        assertThat(other.outcome()).isEqualTo(NEW);
        assertThat(other.member()).isNotNull();
        other.touch();
        other.letGo();
        other.close();
        visit(scope, TestGateway.client(2), NEW);

        assertThat(scope.liveSessions()).hasValue(1);
        assertThat(visit(scope, CLIENT, KEPT)).isEqualTo(id(open));
    }

    @Test
    void scopesShareNoSessions() {
        Scope upstream = gateway.scope(TestGateway.source());
        Scope listener = gateway.scope(new ScopeId(ScopeId.Kind.LISTENER, "shop"), TestGateway.source());
        visit(upstream, CLIENT, NEW);

        visit(listener, CLIENT, NEW);
    }

    @Test
    void tenThousandNewClientsSplitSeventyToThirtyAndAreCounted() {
        TestGateway weighted = new TestGateway("a:70 b:30 c:0");
        Scope scope = weighted.scope(TestGateway.source(null, false, 20_000));
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            served.add(visit(scope, TestGateway.client(i), NEW));
        }

        int ofA = Collections.frequency(served, "a");
        assertThat(ofA).isBetween(6_800, 7_200);
        assertThat(served).doesNotContain("c");
        assertThat(scope.liveSessions()).hasValue(10_000);
        assertThat(scope.liveSessions("a")).hasValue(ofA);
        assertThat(scope.liveSessions("c")).hasValue(0);
        assertThat(scope.liveSessions("unknown")).hasValue(0);
    }

    @Test
    void aClientThatArrivesOnAllThreadsAtOnceGetsOneBackend() throws Exception {
        Scope scope = gateway.scope(TestGateway.source());
        int threads = 4;
        int rounds = 2_000;
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<List<String>>> tasks = Collections.nCopies(threads, () -> {
                List<String> homes = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    together.await();
                    try (Decision decision = decide(scope, TestGateway.client(round))) {
                        homes.add(id(decision));
                    }
                }
                return homes;
            });
            List<Future<List<String>>> homes = pool.invokeAll(tasks);

            for (Future<List<String>> other : homes) {
                assertThat(other.get()).isEqualTo(homes.get(0).get());
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(gateway.active()).isZero();
    }

    @Test
    void clientsStayBoundToOneBackendWhileBackendsComeAndGo() throws Exception {
        Scope scope = gateway.scope(TestGateway.source(null, false, 64));
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(thread);
                tasks.add(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        try (Decision decision = decide(scope, TestGateway.client(random.nextInt(80)))) {
                            if (random.nextInt(10) == 0) {
                                decision.failover();
                            }
                            decision.settle();
                            if (random.nextBoolean()) {
                                decision.letGo();
                                decision.touch();
                            }
                        }
                        if (i % 500 == 0) {
                            gateway.upstream.setState(
                                    "b", random.nextBoolean() ? BackendState.READY : BackendState.DOWN);
                            scope.revokeBackend("a");
                            gateway.advance(Duration.ofSeconds(random.nextInt(700)));
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> done : pool.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(gateway.active()).isZero();
        gateway.advance(TestGateway.IDLE);
        assertThat(scope.liveSessions()).as("nothing is held").hasValue(0);
    }

    private void put(String id, String state) {
        switch (state) {
            case "gone" -> gateway.remove(id);
            case "weightless" ->
                gateway.upstream.replaceBackends(gateway.upstream.snapshot().members().stream()
                        .map(member -> member.id().equals(id)
                                ? Members.backends(id + ":0").get(0)
                                : member.backend())
                        .toList());
            default -> gateway.upstream.setState(id, BackendState.valueOf(state.toUpperCase(Locale.ROOT)));
        }
    }

    private static String visit(Scope scope, InetAddress client, Outcome expected) {
        try (Decision decision = decide(scope, client)) {
            assertThat(decision.outcome()).isEqualTo(expected);
            return id(decision);
        }
    }

    private static Decision flow(Scope scope, InetAddress client) {
        Decision flow = decide(scope, client);
        flow.settle();
        flow.letGo();
        return flow;
    }

    private static Decision decide(Scope scope, InetAddress client) {
        return scope.decide(client, List.of());
    }

    private static String id(Decision decision) {
        return Objects.requireNonNull(decision.member()).id();
    }
}
