package io.mooring.l4;

import static io.mooring.balancer.reschedule.RescheduleReason.ADDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mooring.balancer.upstream.BackendState;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What backends that are added get of the connections of the others. */
final class AddedBackendsTest extends ReschedulingFixture {

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
}
