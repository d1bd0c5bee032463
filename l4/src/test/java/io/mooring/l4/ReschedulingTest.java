package io.mooring.l4;

import static io.mooring.balancer.reschedule.RescheduleReason.ADDED;
import static io.mooring.balancer.reschedule.RescheduleReason.DRAINED;
import static io.mooring.balancer.reschedule.RescheduleReason.REMOVED;
import static io.mooring.balancer.reschedule.RescheduleReason.UNHEALTHY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Upstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is broken off and when, on two event loops whose time passes when told to. */
final class ReschedulingTest extends ReschedulingFixture {

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
        Upstream other = new Upstream("other", backends("x"), InstantSource.system());
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
}
