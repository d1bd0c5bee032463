package io.mooring.l4;

import static io.mooring.balancer.reschedule.RescheduleReason.ADDED;
import static io.mooring.balancer.reschedule.RescheduleReason.DRAINED;
import static io.mooring.balancer.reschedule.RescheduleReason.REMOVED;
import static io.mooring.balancer.reschedule.RescheduleReason.UNHEALTHY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.l4.tls.ServerNames;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is broken off and when, on two event loops whose time passes when told to. */
class ReschedulingTest {

    private static final Policy OFF = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
    private static final Policy HASHED = new Policy(Balancing.IP_HASH, new Persistence.None());
    private static final Duration STEP = Duration.ofMillis(1);
    private static final Duration STRIDE = Duration.ofMillis(10);

    private final FakeTicker ticker = new FakeTicker();
    private final Upstream upstream = new Upstream("up", backends("a b c"));
    private final List<Loop> loops = List.of(new Loop(), new Loop());
    private final Rescheduling rescheduling = new Rescheduling(
            ticker,
            loops.stream().map(loop -> loop.channel.eventLoop()).toList(),
            executor -> loops.stream()
                    .filter(loop -> loop.channel.eventLoop().equals(executor))
                    .findFirst()
                    .orElseThrow()
                    .relays());
    private final SessionContext context = new SessionContext(
            new KeyRing(List.of(new SigningKey("k", new byte[16]))), ticker, InstantSource.system(), new Random(1));
    private final List<FakeRelay> relays = new ArrayList<>();
    private Scope scope = scope(OFF);

    @AfterEach
    void close() {
        rescheduling.close();
        loops.forEach(loop -> loop.channel.finishAndReleaseAll());
    }

    @Test
    void withoutASwitchNothingIsBrokenOff() {
        reschedule(RescheduleSpec.NEVER);
        open(30);
        upstream.replaceBackends(backends("b c d"));
        upstream.setState("b", BackendState.DOWN);
        upstream.setState("c", BackendState.DRAINING);
        pass(Duration.ofSeconds(1));

        assertThat(broken()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void eachSwitchIsForItsReasonAlone(RescheduleReason reason) {
        upstream.replaceBackends(backends("a b c s"));
        reschedule(when(reason, Duration.ZERO, Duration.ZERO));
        open(40);
        List<FakeRelay> all = List.copyOf(relays);
        upstream.replaceBackends(backends("b c s"));
        upstream.setState("b", BackendState.DOWN);
        upstream.setState("c", BackendState.DRAINING);
        pass(Duration.ofSeconds(1));
        Map<RescheduleReason, String> left = Map.of(REMOVED, "a", UNHEALTHY, "b", DRAINED, "c");
        if (reason == ADDED) {
            assertThat(broken()).isEmpty();
            upstream.replaceBackends(backends("b c s n"));
            pass(Duration.ofSeconds(1));
            assertThat(broken()).hasSize(5).allMatch(relay -> "s".equals(relay.backend));
        } else {
            assertThat(broken()).containsExactlyInAnyOrderElementsOf(on(all, left.get(reason)));
        }
        assertThat(rescheduling.count(reason)).isEqualTo(broken().size());
    }

    @Test
    void theyAreBrokenOffAfterTheDelayEvenlyOverTheWindow() {
        reschedule(when(UNHEALTHY, Duration.ofSeconds(10), Duration.ofSeconds(20)));
        open(600);
        upstream.setState("a", BackendState.DOWN);

        pass(Duration.ofSeconds(10).minus(STEP));
        assertThat(broken()).isEmpty();
        pass(STEP);
        for (int tenth = 1; tenth <= 10; tenth++) {
            pass(Duration.ofSeconds(2));
            assertThat(broken().size()).as("after %s tenths", tenth).isCloseTo(20 * tenth, within(5));
        }
        pass(STEP.multipliedBy(2));
        assertThat(broken()).hasSize(200).allMatch(relay -> "a".equals(relay.backend));
    }

    @Test
    void allAtOnceIsStillNoMoreThanALoopCanBear() {
        reschedule(when(REMOVED, Duration.ZERO, Duration.ZERO));
        open(9_000);
        upstream.replaceBackends(backends("b c"));

        int most = 0;
        for (int step = 0; broken().size() < 3_000; step++) {
            assertThat(step).as("steps").isLessThan(100);
            int before = broken().size();
            pass(STEP);
            most = Math.max(most, broken().size() - before);
        }
        assertThat(most).isEqualTo(loops.size() * Rescheduler.BREAKS_IN_ONE_GO);
        pass(Duration.ofSeconds(1));
        assertThat(broken()).hasSize(3_000);
    }

    @Test
    void whoRecoversKeepsThoseWhoseTurnHasNotCome() {
        reschedule(when(UNHEALTHY, Duration.ofSeconds(5), Duration.ofSeconds(10)));
        open(300);
        upstream.setState("a", BackendState.DOWN);
        pass(Duration.ofSeconds(10));
        int half = broken().size();
        assertThat(half).isCloseTo(50, within(4));

        upstream.setState("a", BackendState.READY);
        pass(Duration.ofSeconds(60));
        assertThat(broken()).hasSize(half);

        upstream.setState("a", BackendState.DOWN);
        pass(Duration.ofSeconds(5).minus(STEP));
        assertThat(broken()).as("the delay begins anew").hasSize(half);
        pass(Duration.ofSeconds(11));
        assertThat(broken()).hasSize(100);
    }

    @Test
    void aChangeThatIsTakenBackWithinTheDelayBreaksNothing() {
        reschedule(new RescheduleSpec(Set.of(REMOVED, DRAINED, ADDED), Duration.ofSeconds(5), Duration.ZERO));
        open(30);
        upstream.replaceBackends(backends("b c d"));
        upstream.setState("b", BackendState.DRAINING);
        pass(Duration.ofSeconds(4));
        upstream.replaceBackends(backends("a b c"));
        upstream.setState("b", BackendState.READY);
        pass(Duration.ofSeconds(10));

        // The backend that was removed and has come back is new: it gets its share of what the others have.
        assertThat(broken()).noneMatch(relay -> "a".equals(relay.backend)).hasSizeLessThanOrEqualTo(8);
        assertThat(rescheduling.count(REMOVED) + rescheduling.count(DRAINED)).isZero();
    }

    @Test
    void whoLeavesForAnotherReasonKeepsItsTurn() {
        reschedule(new RescheduleSpec(Set.of(REMOVED, DRAINED), Duration.ofSeconds(10), Duration.ZERO));
        open(30);
        upstream.setState("a", BackendState.DRAINING);
        pass(Duration.ofSeconds(6));
        upstream.replaceBackends(backends("b c"));
        pass(Duration.ofSeconds(5));

        assertThat(broken()).hasSize(10);
        assertThat(rescheduling.count(REMOVED)).isEqualTo(10);
    }

    @Test
    void nobodyIsBrokenOffWhileThereIsNowhereToGo() {
        reschedule(new RescheduleSpec(Set.of(UNHEALTHY, DRAINED), Duration.ZERO, Duration.ZERO));
        open(30);
        upstream.setState("a", BackendState.DRAINING);
        upstream.setState("b", BackendState.DRAINING);
        upstream.setState("c", BackendState.DRAINING);
        pass(Duration.ofSeconds(1));
        int before = broken().size();
        upstream.setState("a", BackendState.READY);
        pass(Duration.ofSeconds(1));

        assertThat(before).as("the last to drain keeps what it has").isLessThanOrEqualTo(20);
        assertThat(relays).filteredOn(relay -> !relay.over).allMatch(relay -> "a".equals(relay.backend));
    }

    @Test
    void anAddedBackendGetsItsShareFromEachOfTheOthers() {
        reschedule(when(ADDED, Duration.ofSeconds(1), Duration.ofSeconds(10)));
        open(600);
        upstream.replaceBackends(backends("a b c d"));
        pass(Duration.ofSeconds(12));

        assertThat(broken().size()).isCloseTo(150, within(6));
        for (String id : List.of("a", "b", "c")) {
            assertThat(on(broken(), id).size()).as("of %s", id).isCloseTo(50, within(12));
        }
    }

    @Test
    void theShareIsByWeightAndOfBackendsThatComeTogetherIsDrawnOnce() {
        reschedule(when(ADDED, Duration.ofSeconds(10), Duration.ZERO));
        open(600);
        upstream.replaceBackends(backends("a b c d:15"));
        pass(Duration.ofSeconds(5));
        upstream.replaceBackends(backends("a b c d:15 e:15"));
        pass(Duration.ofSeconds(10));

        assertThat(broken().size()).as("30 of 60").isCloseTo(300, within(6));
    }

    @Test
    void whoCameAfterTheBackendWasAddedStays() {
        reschedule(when(ADDED, Duration.ofSeconds(10), Duration.ZERO));
        upstream.replaceBackends(backends("a b c d"));
        pass(STEP);
        open(400);
        pass(Duration.ofSeconds(20));

        assertThat(broken()).isEmpty();
    }

    @Test
    void anAddedBackendThatGoesAgainGetsNoMore() {
        reschedule(when(ADDED, Duration.ZERO, Duration.ofSeconds(10)));
        open(600);
        upstream.replaceBackends(backends("a b c d"));
        pass(Duration.ofSeconds(5));
        int half = broken().size();
        upstream.setState("d", BackendState.DOWN);
        pass(Duration.ofSeconds(10));

        assertThat(half).isCloseTo(75, within(6));
        assertThat(broken()).hasSize(half);
    }

    @Test
    void byHashThoseLeaveWhoseAddressLeadsToTheAddedBackend() {
        scope = scope(HASHED);
        reschedule(when(ADDED, Duration.ZERO, Duration.ZERO));
        open(400);
        upstream.replaceBackends(backends("a b c d"));
        List<FakeRelay> misplaced = relays.stream()
                .filter(relay -> "d"
                        .equals(Objects.requireNonNull(relay.decision.hashed()).id()))
                .toList();
        pass(Duration.ofSeconds(1));

        assertThat(broken()).containsExactlyInAnyOrderElementsOf(misplaced);
        assertThat(misplaced.size()).isBetween(60, 140);
    }

    @Test
    void whatASessionHasOpenIsBrokenOffTogether() {
        scope = scope(TestGateway.STICKY);
        reschedule(when(ADDED, Duration.ZERO, Duration.ofSeconds(100)));
        for (int client = 0; client < 200; client++) {
            relay(client);
            relay(client);
        }
        upstream.replaceBackends(backends("a b c d"));
        while (ticker.nanos() < Duration.ofSeconds(101).toNanos()) {
            pass(Duration.ofSeconds(1));
            assertThat(broken())
                    .allMatch(relay -> relays.stream()
                            .filter(other -> other.client == relay.client)
                            .allMatch(other -> other.over));
        }

        assertThat(broken().size()).isCloseTo(100, within(36));
        assertThat(next(broken().get(0).client).outcome()).isEqualTo(Outcome.REVOKED);
    }

    @ParameterizedTest
    @EnumSource(names = "ADDED", mode = EnumSource.Mode.EXCLUDE)
    void theNextConnectionOfTheClientGoesElsewhere(RescheduleReason reason) {
        scope = scope(TestGateway.STICKY);
        reschedule(when(reason, Duration.ZERO, Duration.ZERO));
        open(30);
        switch (reason) {
            case REMOVED -> upstream.replaceBackends(backends("b c"));
            case UNHEALTHY -> upstream.setState("a", BackendState.DOWN);
            case DRAINED -> upstream.setState("a", BackendState.DRAINING);
            case ADDED -> throw new AssertionError("not here");
        }
        pass(Duration.ofSeconds(1));

        assertThat(broken()).hasSize(10);
        Outcome expected = reason == DRAINED ? Outcome.REVOKED : Outcome.MOVED;
        for (FakeRelay relay : broken()) {
            Decision next = next(relay.client);
            assertThat(next.outcome()).isEqualTo(expected);
            assertThat(Objects.requireNonNull(next.member()).id()).isNotEqualTo("a");
            assertThat(next(relay.client).outcome()).isEqualTo(Outcome.KEPT);
        }
    }

    @Test
    void whoComesBackToADrainingBackendLaterLeavesItToo() {
        scope = scope(TestGateway.STICKY);
        reschedule(when(DRAINED, Duration.ofSeconds(2), Duration.ZERO));
        FakeRelay early = relay(1);
        early.end();
        upstream.setState(early.backend, BackendState.DRAINING);
        pass(Duration.ofSeconds(10));
        FakeRelay late = relay(1);
        assertThat(late.backend).isEqualTo(early.backend);
        pass(Duration.ofSeconds(1));
        assertThat(late.over).isFalse();
        pass(Duration.ofSeconds(2));

        assertThat(late.broken).isTrue();
        assertThat(relay(1).backend).isNotEqualTo(early.backend);
    }

    @Test
    void whoEndsBeforeItsTurnIsNotBrokenOff() {
        reschedule(when(UNHEALTHY, Duration.ZERO, Duration.ofSeconds(10)));
        open(30);
        upstream.setState("a", BackendState.DOWN);
        pass(STEP.multipliedBy(5));
        relays.forEach(FakeRelay::end);
        pass(Duration.ofSeconds(11));

        assertThat(rescheduling.count(UNHEALTHY)).isLessThanOrEqualTo(2);
    }

    @Test
    void aBackendIsRemovedForThoseWhoseListenerLeadsElsewhere() {
        reschedule(when(REMOVED, Duration.ofSeconds(1), Duration.ZERO));
        open(30);
        Upstream other = new Upstream("other", backends("x"));
        Scope elsewhere = new Scope(new ScopeId(ScopeId.Kind.UPSTREAM, "other"), other, OFF, context);
        rescheduling.become(when(REMOVED, Duration.ofSeconds(1), Duration.ZERO), to(elsewhere));
        pass(Duration.ofMillis(900));
        assertThat(broken()).isEmpty();
        pass(Duration.ofSeconds(1));

        assertThat(broken()).hasSize(30);
        elsewhere.close();
    }

    @Test
    void theSwitchHoldsForWhatIsTheCaseAlreadyWhenItIsTurnedOn() {
        open(30);
        upstream.replaceBackends(backends("b c"));
        upstream.setState("b", BackendState.DOWN);
        pass(Duration.ofSeconds(1));
        reschedule(new RescheduleSpec(Set.of(REMOVED, UNHEALTHY), Duration.ofSeconds(1), Duration.ZERO));
        pass(Duration.ofMillis(900));
        assertThat(broken()).isEmpty();
        pass(Duration.ofSeconds(1));

        assertThat(broken()).hasSize(20).noneMatch(relay -> "c".equals(relay.backend));
        reschedule(RescheduleSpec.NEVER);
        upstream.setState("c", BackendState.DOWN);
        pass(Duration.ofSeconds(5));
        assertThat(broken()).hasSize(20);
    }

    private void reschedule(RescheduleSpec spec) {
        rescheduling.become(spec, to(scope));
        run();
    }

    private static RescheduleSpec when(RescheduleReason reason, Duration delay, Duration window) {
        return new RescheduleSpec(Set.of(reason), delay, window);
    }

    private static Destinations to(Scope scope) {
        return new Destinations(
                new Destination(scope, null), new ServerNames<>(Map.of(), ServerNames.Wildcards.ANY_DEPTH));
    }

    private Scope scope(Policy policy) {
        return new Scope(new ScopeId(ScopeId.Kind.UPSTREAM, "up"), upstream, policy, context);
    }

    private void open(int count) {
        for (int i = 0; i < count; i++) {
            relay(1_000 + i);
        }
    }

    private FakeRelay relay(int client) {
        FakeRelay relay = new FakeRelay(loops.get(relays.size() % loops.size()), client);
        relays.add(relay);
        relay.loop.relays.add(relay);
        relay.loop.rescheduler().arrived(relay);
        return relay;
    }

    private Decision next(int client) {
        return scope.decide(address(client), List.of());
    }

    private List<FakeRelay> broken() {
        return relays.stream().filter(relay -> relay.broken).toList();
    }

    private static List<FakeRelay> on(List<FakeRelay> some, @Nullable String backend) {
        Predicate<FakeRelay> there = relay -> relay.backend.equals(backend);
        return some.stream().filter(there).toList();
    }

    private void pass(Duration time) {
        for (Duration left = time; !left.isZero(); ) {
            Duration step = left.compareTo(STRIDE) < 0 ? STEP : STRIDE;
            run();
            ticker.advance(step);
            loops.forEach(loop -> loop.channel.advanceTimeBy(step.toNanos(), TimeUnit.NANOSECONDS));
            run();
            left = left.minus(step);
        }
    }

    private void run() {
        loops.forEach(loop -> loop.channel.runPendingTasks());
    }

    /** Written as ids, each with its weight if it is not ten. */
    private static List<Backend> backends(String text) {
        return Arrays.stream(text.split(" ", -1))
                .map(word -> word.split(":", -1))
                .map(parts -> new Backend(parts[0], "127.0.0.1", 1, parts.length > 1 ? Integer.parseInt(parts[1]) : 10))
                .toList();
    }

    private static InetAddress address(int client) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, (byte) (client >> 8), (byte) client});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** An event loop and what lives on it. */
    private final class Loop {
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final List<FakeRelay> relays = new ArrayList<>();

        Loop() {
            channel.freezeTime();
        }

        Iterator<FakeRelay> relays() {
            return List.copyOf(relays).iterator();
        }

        Rescheduler rescheduler() {
            return rescheduling.on(channel.eventLoop());
        }
    }

    /** Has no socket. */
    private final class FakeRelay implements Relay {
        private final Loop loop;
        private final int client;
        private final Decision decision;
        private final String backend;
        private final long began = ticker.nanos();
        private boolean over;
        private boolean broken;

        FakeRelay(Loop loop, int client) {
            this.loop = loop;
            this.client = client;
            this.decision = scope.decide(address(client), List.of());
            this.backend = Objects.requireNonNull(decision.member()).id();
        }

        @Override
        public @Nullable Decision serving() {
            return over ? null : decision;
        }

        @Override
        public long began() {
            return began;
        }

        @Override
        public void reschedule() {
            broken = true;
            end();
        }

        void end() {
            if (!over) {
                over = true;
                decision.close();
                loop.relays.remove(this);
                loop.rescheduler().left(this);
            }
        }
    }
}
