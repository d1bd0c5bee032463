package io.mooring.balancer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.time.FakeTicker;
import io.mooring.balancer.time.FakeWallClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How the states of backends follow one another, by what is said of them and by time. */
final class BackendStatesTest {

    private static final Duration TICK = Duration.ofNanos(1);

    private final FakeTicker ticker = new FakeTicker();

    @Test
    void atTheStartAllAreUsedThatNothingIsKnownOf() {
        Upstream upstream = upstream("a:10 b:10 c:0", checked(AllDown.REFUSE));

        assertThat(states(upstream)).isEqualTo("probing probing probing");
        assertThat(takers(upstream)).isEqualTo("a b");

        upstream.found("a", Vitality.UP, "answered");
        assertThat(states(upstream)).isEqualTo("ready probing probing");
        assertThat(takers(upstream)).isEqualTo("a b");

        upstream.found("b", Vitality.DOWN, "refused");
        assertThat(takers(upstream)).isEqualTo("a");
    }

    @Test
    void aBackendThatWasFoundDownDoesNotServeBesideOneThatNothingIsKnownOf() {
        Upstream upstream = upstream("a:10 b:10", checked(AllDown.TRY_ALL));
        upstream.found("b", Vitality.DOWN, "refused");
        assertThat(takers(upstream)).isEqualTo("a");

        upstream.found("a", Vitality.DOWN, "refused");
        assertThat(takers(upstream)).isEqualTo("a b");
    }

    @Test
    void whatIsConfiguredOfItsUseTakesEffectAndAnOperatorsWishHoldsUntilThatChanges() {
        Upstream upstream = upstream("a:10 b:10", StatePolicy.DEFAULT);
        upstream.replaceBackends(
                List.of(configured("a", AdminState.DRAINING), configured("b", AdminState.MAINTENANCE)));
        assertThat(states(upstream)).isEqualTo("draining maintenance");

        upstream.administer("a", AdminState.READY);
        upstream.replaceBackends(List.of(configured("a", AdminState.DRAINING), configured("b", AdminState.READY)));
        assertThat(states(upstream)).isEqualTo("ready ready");
        upstream.replaceBackends(
                List.of(configured("a", AdminState.MAINTENANCE), configured("c", AdminState.DRAINING)));
        assertThat(states(upstream)).isEqualTo("maintenance draining");
    }

    @Test
    void itIsToldWhyAndSinceWhenABackendIsInItsState() {
        FakeWallClock clock = new FakeWallClock();
        Upstream upstream = new Upstream("shop", Members.backends("a:10"), checked(AllDown.REFUSE), ticker, clock);
        clock.advance(Duration.ofSeconds(3));
        Instant since = clock.instant();
        upstream.found("a", Vitality.DOWN, "refused");
        clock.advance(Duration.ofSeconds(2));
        upstream.found("a", Vitality.DOWN, "refused again");

        assertThat(upstream.standing("a"))
                .contains(new BackendStanding(BackendState.DOWN, "refused", since, AdminState.READY));
        assertThat(upstream.standing("b")).isEmpty();
    }

    private static Backend configured(String id, AdminState admin) {
        return new Backend(id, "localhost", 80, 10, admin);
    }

    @Test
    void aBackendThatIsAddedTakesNoTrafficBeforeItsFirstSuccess() {
        Upstream upstream = upstream("a:10", checked(AllDown.TRY_ALL));
        upstream.found("a", Vitality.UP, "answered");
        upstream.replaceBackends(Members.backends("a:10 b:10"));

        assertThat(takers(upstream)).isEqualTo("a");
        upstream.found("b", Vitality.UP, "answered");
        assertThat(takers(upstream)).isEqualTo("a b");
    }

    @Test
    void backendsThatAreAllNewTakeTraffic() {
        Upstream upstream = upstream("a:10", checked(AllDown.REFUSE));
        upstream.found("a", Vitality.UP, "answered");
        upstream.replaceBackends(Members.backends("b:10 c:10"));

        assertThat(takers(upstream)).isEqualTo("b c");
    }

    @Test
    void withNoneReadyTrafficGoesToAllThatTheirOperatorWantsToServe() {
        Upstream upstream = upstream("a:10 b:10 c:10 d:10 e:0", StatePolicy.DEFAULT);
        upstream.found("a", Vitality.DOWN, "refused");
        upstream.found("b", Vitality.DOWN, "refused");
        upstream.administer("c", AdminState.DRAINING);
        upstream.administer("d", AdminState.MAINTENANCE);

        assertThat(states(upstream)).isEqualTo("down down draining maintenance draining");
        assertThat(takers(upstream)).isEqualTo("a b");
        assertThat(member(upstream, "a").servesBound()).isTrue();
        assertThat(member(upstream, "d").servesBound()).isFalse();

        upstream.found("a", Vitality.UP, "answered");
        assertThat(takers(upstream)).isEqualTo("a");
        assertThat(member(upstream, "b").servesBound()).isFalse();
    }

    @Test
    void withNoneReadyTrafficIsRefusedIfThatIsThePolicy() {
        Upstream upstream = upstream("a:10 b:10", checked(AllDown.REFUSE));
        upstream.found("a", Vitality.DOWN, "refused");
        upstream.found("b", Vitality.DOWN, "refused");

        assertThat(takers(upstream)).isEmpty();
    }

    @Test
    void aDrainThatHasHadItsTimeIsMaintenance() {
        Upstream upstream = upstream("a:10 b:10", drainTimeout(Duration.ofMinutes(5)));
        upstream.administer("a", AdminState.DRAINING);

        assertThat(upstream.nanosToNextChange()).isEqualTo(Duration.ofMinutes(5).toNanos());
        advance(upstream, Duration.ofMinutes(5).minus(TICK));
        assertThat(states(upstream)).isEqualTo("draining ready");
        advance(upstream, TICK);
        assertThat(states(upstream)).isEqualTo("maintenance ready");
        assertThat(upstream.nanosToNextChange()).isEqualTo(Long.MAX_VALUE);

        upstream.administer("a", AdminState.READY);
        assertThat(states(upstream)).isEqualTo("ready ready");
    }

    @Test
    void weight0DrainsFromTheMomentItIsSet() {
        Upstream upstream = upstream("a:10 b:10", drainTimeout(Duration.ofMinutes(5)));
        advance(upstream, Duration.ofHours(1));
        upstream.replaceBackends(Members.backends("a:0 b:10"));

        advance(upstream, Duration.ofMinutes(5).minus(TICK));
        assertThat(states(upstream)).isEqualTo("draining ready");
        advance(upstream, TICK);
        assertThat(states(upstream)).isEqualTo("maintenance ready");
        upstream.replaceBackends(Members.backends("a:1 b:10"));
        assertThat(states(upstream)).isEqualTo("ready ready");
    }

    @Test
    void aDrainUnderWayGoesByTheTimeoutInForceFromWhenItBegan() {
        Upstream upstream = upstream("a:10 b:10", drainTimeout(Duration.ofMinutes(30)));
        upstream.administer("a", AdminState.DRAINING);
        advance(upstream, Duration.ofMinutes(2));

        become(upstream, drainTimeout(Duration.ofMinutes(5)));
        assertThat(upstream.nanosToNextChange()).isEqualTo(Duration.ofMinutes(3).toNanos());
        become(upstream, StatePolicy.DEFAULT);
        assertThat(upstream.nanosToNextChange()).isEqualTo(Long.MAX_VALUE);
        advance(upstream, Duration.ofDays(2));
        assertThat(states(upstream)).isEqualTo("draining ready");
        become(upstream, drainTimeout(Duration.ofDays(3)));
        assertThat(states(upstream)).isEqualTo("draining ready");

        become(upstream, drainTimeout(Duration.ofDays(1)));
        assertThat(states(upstream)).isEqualTo("maintenance ready");
    }

    @Test
    void aDrainThatIsOverIsSoWithALongerTimeout() {
        Upstream upstream = upstream("a:10 b:10", drainTimeout(Duration.ofMinutes(5)));
        upstream.administer("a", AdminState.DRAINING);
        advance(upstream, Duration.ofMinutes(5));

        become(upstream, drainTimeout(Duration.ofMinutes(30)));
        assertThat(states(upstream)).isEqualTo("maintenance ready");
        become(upstream, StatePolicy.DEFAULT);
        assertThat(states(upstream)).isEqualTo("maintenance ready");
    }

    @Test
    void aBackendBackFromMaintenanceIsProbedAnew() {
        Upstream upstream = upstream("a:10 b:10", checked(AllDown.TRY_ALL));
        upstream.found("a", Vitality.UP, "answered");
        upstream.found("b", Vitality.UP, "answered");
        upstream.administer("a", AdminState.MAINTENANCE);
        upstream.administer("a", AdminState.READY);

        assertThat(states(upstream)).isEqualTo("probing ready");
        assertThat(takers(upstream)).isEqualTo("b");
    }

    @Test
    void aBackendThatComesBackGetsItsWeightByTenths() {
        Upstream upstream = upstream("a:10 b:10", slowStart(Duration.ofSeconds(100)));
        advance(upstream, Duration.ofHours(1));
        upstream.found("a", Vitality.DOWN, "refused");
        upstream.found("a", Vitality.UP, "answered");

        List<Integer> weights = new ArrayList<>();
        for (int second = 0; second <= 100; second += 5) {
            weights.add(member(upstream, "a").weight());
            advance(upstream, Duration.ofSeconds(5));
        }
        assertThat(weights)
                .isEqualTo(IntStream.rangeClosed(0, 20)
                        .mapToObj(i -> 10 * Math.min(10, i / 2 + 1))
                        .toList());
        assertThat(member(upstream, "b").weight()).isEqualTo(100);
    }

    @Test
    void aSlowStartWakesUpWhenAnotherTenthIsDue() {
        Upstream upstream = upstream("a:10 b:10", slowStart(Duration.ofSeconds(100)));
        advance(upstream, Duration.ofHours(1));
        upstream.found("a", Vitality.DOWN, "refused");
        upstream.found("a", Vitality.UP, "answered");

        for (int tenth = 1; tenth <= 10; tenth++) {
            assertThat(member(upstream, "a").share()).isEqualTo(tenth);
            assertThat(upstream.nanosToNextChange())
                    .isEqualTo(Duration.ofSeconds(10).toNanos());
            advance(upstream, Duration.ofSeconds(10));
        }
        assertThat(member(upstream, "a").share()).isEqualTo(Member.FULL_SHARE);
        assertThat(upstream.nanosToNextChange()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aSlowStartUnderWayGoesByTheTimeInForce() {
        Upstream upstream = upstream("a:10 b:10", slowStart(Duration.ofSeconds(100)));
        advance(upstream, Duration.ofHours(1));
        upstream.found("a", Vitality.DOWN, "refused");
        upstream.found("a", Vitality.UP, "answered");
        advance(upstream, Duration.ofSeconds(10));
        assertThat(member(upstream, "a").share()).isEqualTo(2);

        become(upstream, slowStart(Duration.ofSeconds(20)));
        assertThat(member(upstream, "a").share()).isEqualTo(6);
        become(upstream, slowStart(Duration.ZERO));
        assertThat(member(upstream, "a").share()).isEqualTo(Member.FULL_SHARE);
        assertThat(upstream.nanosToNextChange()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void backendsThatStartTogetherHaveAllTheirWeight() {
        Upstream upstream = upstream("a:10 b:10", slowStart(Duration.ofSeconds(100)));

        assertThat(member(upstream, "a").share()).isEqualTo(Member.FULL_SHARE);
        upstream.found("b", Vitality.DOWN, "refused");
        assertThat(member(upstream, "a").share()).isEqualTo(Member.FULL_SHARE);
    }

    @Test
    void aBackendIsAwaitedForTheFlapGraceAndNoLonger() {
        Upstream upstream = upstream("a:10 b:10", flapGrace(Duration.ofSeconds(30)));
        upstream.found("a", Vitality.DOWN, "refused");

        assertThat(member(upstream, "a").awaited()).isTrue();
        assertThat(upstream.nanosToNextChange())
                .isEqualTo(Duration.ofSeconds(30).toNanos());
        advance(upstream, Duration.ofSeconds(30).minus(TICK));
        assertThat(member(upstream, "a").awaited()).isTrue();
        advance(upstream, TICK);
        assertThat(member(upstream, "a").awaited()).isFalse();
    }

    @Test
    void aFlapGraceUnderWayGoesByTheTimeInForceAndNoneBeginsThatWasNotThere() {
        Upstream upstream = upstream("a:10 b:10", flapGrace(Duration.ofSeconds(30)));
        upstream.found("a", Vitality.DOWN, "refused");
        advance(upstream, Duration.ofSeconds(20));

        become(upstream, flapGrace(Duration.ofMinutes(1)));
        advance(upstream, Duration.ofSeconds(39));
        assertThat(member(upstream, "a").awaited()).isTrue();
        become(upstream, flapGrace(Duration.ofSeconds(40)));
        assertThat(member(upstream, "a").awaited()).isFalse();
        become(upstream, flapGrace(Duration.ofMinutes(5)));
        assertThat(member(upstream, "a").awaited()).isFalse();
    }

    @Test
    void aBackendThatIsTakenOutIsNotAwaited() {
        Upstream upstream = upstream("a:10 b:10", flapGrace(Duration.ofSeconds(30)));
        upstream.administer("a", AdminState.MAINTENANCE);

        assertThat(member(upstream, "a").awaited()).isFalse();
    }

    @Test
    void changesAreToldWithTheirReasons() {
        Upstream upstream = upstream("a:10 b:10", drainTimeout(Duration.ofMinutes(5)));
        List<String> told = new ArrayList<>();
        upstream.follow(change -> told.add(change.backend() + ": "
                + change.from().key() + " -> " + change.to().key() + ": " + change.reason()));
        upstream.found("a", Vitality.DOWN, "3 checks failed");
        upstream.found("a", Vitality.DOWN, "4 checks failed");
        upstream.eject("b", BackendFault.CONNECT);
        upstream.administer("b", AdminState.DRAINING);
        upstream.found("a", Vitality.UP, "3 checks succeeded");
        advance(upstream, Duration.ofMinutes(5));
        upstream.replaceBackends(Members.backends("b:10 c:10"));

        assertThat(told)
                .containsExactly(
                        "a: ready -> down: 3 checks failed",
                        "b: ready -> draining: an operator wished so",
                        "a: down -> ready: 3 checks succeeded",
                        "b: draining -> maintenance: the drain timeout is over");
    }

    @Test
    void nothingIsToldOfWhatDoesNotChange() {
        Upstream upstream = upstream("a:10 b:10", checked(AllDown.TRY_ALL));
        upstream.found("a", Vitality.UP, "answered");
        UpstreamSnapshot before = upstream.snapshot();
        upstream.found("a", Vitality.UP, "answered");
        upstream.found("x", Vitality.DOWN, "gone");
        upstream.advance();

        assertThat(upstream.snapshot()).isSameAs(before);
    }

    private Upstream upstream(String backends, StatePolicy policy) {
        return new Upstream("shop", Members.backends(backends), policy, ticker, new FakeWallClock());
    }

    private static void become(Upstream upstream, StatePolicy policy) {
        upstream.become(Members.backends("a:10 b:10"), policy, Optional.empty());
    }

    private void advance(Upstream upstream, Duration time) {
        ticker.advance(time);
        upstream.advance();
    }

    private static StatePolicy checked(AllDown allDown) {
        return new StatePolicy(true, allDown, Duration.ZERO, Duration.ZERO, null, null);
    }

    private static StatePolicy drainTimeout(Duration timeout) {
        return new StatePolicy(false, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, timeout, null);
    }

    private static StatePolicy slowStart(Duration time) {
        return new StatePolicy(false, AllDown.TRY_ALL, time, Duration.ZERO, null, null);
    }

    private static StatePolicy flapGrace(Duration time) {
        return new StatePolicy(false, AllDown.TRY_ALL, Duration.ZERO, time, null, null);
    }

    private static Member member(Upstream upstream, String id) {
        return upstream.snapshot().member(id).orElseThrow();
    }

    private static String states(Upstream upstream) {
        return upstream.snapshot().members().stream()
                .map(member -> member.state().key())
                .collect(Collectors.joining(" "));
    }

    private static String takers(Upstream upstream) {
        return upstream.snapshot().members().stream()
                .filter(Member::takesNew)
                .map(Member::id)
                .collect(Collectors.joining(" "));
    }
}
