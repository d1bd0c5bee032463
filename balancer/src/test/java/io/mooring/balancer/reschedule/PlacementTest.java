package io.mooring.balancer.reschedule;

import static io.mooring.balancer.reschedule.RescheduleReason.DRAINED;
import static io.mooring.balancer.reschedule.RescheduleReason.REMOVED;
import static io.mooring.balancer.reschedule.RescheduleReason.UNHEALTHY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.time.FakeWallClock;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlacementTest {

    @ParameterizedTest(name = "{0} beside {1}: {2}")
    @MethodSource("reasons")
    void aBackendIsLeftForAReason(String backend, String other, RescheduleReason expected) {
        assertThat(Placement.of(Members.snapshot(backend + " " + other)).leaving("a"))
                .isEqualTo(expected);
    }

    static Stream<Arguments> reasons() {
        return Stream.of(
                arguments("a:10:ready", "b:10:ready", null),
                arguments("a:10:probing", "b:10:ready", null),
                arguments("a:10:down", "b:10:ready", UNHEALTHY),
                arguments("a:10:draining", "b:10:ready", DRAINED),
                arguments("a:0:draining", "b:10:ready", DRAINED),
                arguments("a:10:maintenance", "b:10:ready", DRAINED),
                arguments("", "b:10:ready", REMOVED),
                arguments("a:10:down", "b:10:draining", null),
                arguments("a:10:draining", "b:10:draining", null),
                arguments("a:10:maintenance", "b:10:down", null),
                arguments("", "b:10:down", null));
    }

    @Test
    void aBackendThatIsDownIsNotLeftWhileItServesForWantOfABetterOne() {
        Upstream upstream = new Upstream("shop", Members.backends("a:10 b:10"), new FakeWallClock());
        upstream.setState("a", BackendState.DOWN);
        upstream.setState("b", BackendState.DOWN);
        assertThat(Placement.of(upstream.snapshot()).leaving("a")).isNull();

        upstream.setState("b", BackendState.READY);
        assertThat(Placement.of(upstream.snapshot()).leaving("a")).isEqualTo(UNHEALTHY);
    }

    @Test
    void whereNobodyIsTakenNobodyIsSent() {
        StatePolicy refusing = new StatePolicy(false, AllDown.REFUSE, Duration.ZERO, Duration.ZERO, null, null);
        Upstream upstream =
                new Upstream("shop", Members.backends("a:10 b:10"), refusing, Ticker.system(), new FakeWallClock());
        upstream.setState("a", BackendState.DOWN);
        upstream.setState("b", BackendState.DOWN);

        assertThat(Placement.of(upstream.snapshot()).leaving("a")).isNull();
    }

    @Test
    void whereNobodyIsLedAllLeave() {
        assertThat(Placement.NOWHERE.leaving("a")).isEqualTo(REMOVED);
        assertThat(Placement.NOWHERE.servesBound("a")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "a:10 b:10 c:10,          c,   0.3333",
        "a:10 b:10 c:20,          c,   0.5",
        "a:10 b:10 c:10 d:10,     c d, 0.5",
        "a:10 b:10:down c:10,     c,   0.5",
        "a:10 b:10:draining c:10, c,   0.5",
        "a:10 c:10:probing,       c,   0",
        "a:10:down b:10:down,     b,   0",
    })
    void newBackendsAreDueTheirPartOfTheWeightThatTakesClients(String members, String added, double share) {
        Placement placement = Placement.of(Members.snapshot(members));

        assertThat(placement.shareOf(Set.of(added.split(" ", -1)))).isCloseTo(share, within(1e-4));
    }

    @Test
    void aSlowStartDoesNotMakeTheShareSmaller() {
        UpstreamSnapshot starting = Members.withShare(Members.snapshot("a:10 b:10"), "b", 1);

        assertThat(Placement.of(starting).shareOf(Set.of("b"))).isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource({"-1,0", "3601,0", "0,-1", "0,3601"})
    void delayAndWindowAreUpToAnHour(int delay, int window) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new RescheduleSpec(Set.of(REMOVED), Duration.ofSeconds(delay), Duration.ofSeconds(window)))
                .withMessageContaining("(expected: 0s-3600s)");
    }

    @Test
    void aBackendIsNewOnceWhenItTakesClients() {
        Newcomers newcomers = new Newcomers(Members.snapshot("a:10 b:10:down"));

        assertThat(newcomers.in(Members.snapshot("a:10 b:10"))).as("recovered").isEmpty();
        assertThat(newcomers.in(Members.snapshot("a:10 b:10 c:10:probing")))
                .as("not yet probed")
                .isEmpty();
        assertThat(newcomers.in(Members.snapshot("a:10 b:10 c:10 d:10"))).containsExactlyInAnyOrder("c", "d");
        assertThat(newcomers.in(Members.snapshot("a:10 b:10 c:10:draining d:10")))
                .isEmpty();
        assertThat(newcomers.in(Members.snapshot("a:10 b:10 c:10 d:10"))).isEmpty();
        assertThat(newcomers.in(Members.snapshot("a:10 b:10 d:10"))).isEmpty();
        assertThat(newcomers.in(Members.snapshot("a:10 b:10 c:10 d:10"))).isEqualTo(Set.of("c"));
    }

    @Test
    void aSessionDrawsOneLotForOneSaltAndOthersForOthers() {
        Lots lots = new Lots(7, 0);
        lots.next();

        assertThat(new Lots(7, 1).of(42)).isEqualTo(lots.of(42));
        assertThat(new Lots(8, 0).of(42)).isNotEqualTo(lots.of(42));
        assertThat(lots.of(43)).isNotEqualTo(lots.of(42));
    }

    @ParameterizedTest
    @CsvSource({"10", "100", "1000"})
    void lotsWithoutASessionLieEvenly(int count) {
        for (int place : List.of(0, 1, 2)) {
            Lots lots = new Lots(99, place);
            List<Double> drawn = Stream.generate(lots::next).limit(count).toList();

            assertThat(drawn).allMatch(lot -> lot >= 0 && lot < 1);
            for (double share : new double[] {0.1, 0.25, 0.5, 0.9}) {
                assertThat((double) drawn.stream().filter(lot -> lot < share).count())
                        .isCloseTo(share * count, within(2.0));
            }
        }
    }

    @Test
    void lotsOfSessionsAreUniform() {
        Lots lots = new Lots(5, 0);
        long below = Stream.iterate(0L, key -> key + 1)
                .limit(10_000)
                .filter(key -> lots.of(key) < 0.25)
                .count();

        assertThat((double) below).isCloseTo(2_500, within(150.0));
    }
}
