package io.mooring.balancer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.time.FakeTicker;
import io.mooring.balancer.time.FakeWallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EjectionTest {

    private static final EjectionPolicy POLICY = new EjectionPolicy(
            3, Set.of(BackendFault.CONNECT, BackendFault.RESET), Duration.ofSeconds(10), Duration.ofSeconds(35), 50);

    private final FakeTicker ticker = new FakeTicker();
    private final Upstream upstream = upstream(2, POLICY);

    @Test
    void faultsAreCountedWhetherOrNotTheySpeakForAnEjection() {
        BackendActivity activity = member("b0").activity();
        List.of(
                        BackendSignal.CONNECT_FAILED,
                        BackendSignal.CONNECTED,
                        BackendSignal.CONNECT_TIMED_OUT,
                        BackendSignal.RESET,
                        BackendSignal.ANSWERED,
                        BackendSignal.TIMED_OUT,
                        BackendSignal.TIMED_OUT)
                .forEach(activity::report);

        assertThat(List.of(
                        activity.faults(BackendFault.CONNECT),
                        activity.faults(BackendFault.RESET),
                        activity.faults(BackendFault.TIMEOUT),
                        activity.faults(BackendFault.GATEWAY_ERROR)))
                .containsExactly(2L, 1L, 2L, 0L);
    }

    @Test
    void anEjectionTakesLongerEachTimeUpToALimit() {
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            assertThat(upstream.eject("b0", BackendFault.CONNECT)).isTrue();
            assertThat(member("b0").state()).isEqualTo(BackendState.DOWN);
            long nanos = upstream.nanosToNextChange();
            seconds.add(Duration.ofNanos(nanos).toSeconds());
            advance(Duration.ofNanos(nanos));
            assertThat(member("b0").state()).isEqualTo(BackendState.READY);
        }
        assertThat(seconds).containsExactly(10L, 20L, 35L, 35L);
    }

    @Test
    void aBackendThatHasServedForTheLimitIsEjectedForTheFirstTimeAgain() {
        upstream.eject("b0", BackendFault.CONNECT);
        advance(Duration.ofSeconds(10));
        upstream.eject("b0", BackendFault.CONNECT);
        advance(Duration.ofSeconds(20));
        advance(Duration.ofSeconds(35));
        upstream.eject("b0", BackendFault.CONNECT);

        assertThat(upstream.nanosToNextChange())
                .isEqualTo(Duration.ofSeconds(10).toNanos());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 50, 0",
        "1, 100, 1",
        "2, 50, 1",
        "3, 50, 1",
        "4, 50, 2",
        "10, 50, 5",
        "10, 9, 0",
        "3, 67, 2",
        "4, 0, 0"
    })
    void noMoreThanTheShareIsEverOut(int backends, int share, int out) {
        Upstream many =
                upstream(backends, new EjectionPolicy(1, POLICY.counts(), POLICY.time(), POLICY.maxTime(), share));

        long ejected = IntStream.range(0, backends)
                .filter(i -> many.eject("b" + i, BackendFault.RESET))
                .count();

        assertThat(ejected).isEqualTo(out);
        assertThat(many.snapshot().members())
                .filteredOn(member -> member.state() == BackendState.DOWN)
                .hasSize(out);
    }

    @Test
    void backendsThatChecksFoundDownCountForTheShare() {
        upstream.found("b0", Vitality.DOWN, "refused");

        assertThat(upstream.eject("b1", BackendFault.CONNECT)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"maintenance", "draining", "weightless", "probing"})
    void theShareIsOfThoseThatNewClientsCanGoTo(String others) {
        Upstream four = upstream(2, POLICY);
        put(four, others);

        assertThat(four.eject("b0", BackendFault.CONNECT)).isTrue();
        assertThat(four.eject("b1", BackendFault.CONNECT)).isFalse();
        assertThat(four.snapshot().member("b1").orElseThrow().takesNew()).isTrue();
    }

    @Test
    void backendsThatAreOutButTakeNoNewClientsDoNotCountForTheShare() {
        Upstream four = upstream(4, POLICY);
        List.of("b2", "b3").forEach(id -> {
            four.found(id, Vitality.DOWN, "refused");
            four.administer(id, AdminState.DRAINING);
        });

        assertThat(four.eject("b0", BackendFault.CONNECT)).isTrue();
        assertThat(four.eject("b1", BackendFault.CONNECT)).isFalse();
    }

    @Test
    void drainingBackendsAreEjectedWhileEnoughOthersTakeNewClients() {
        Upstream four = upstream(4, POLICY);
        List.of("b2", "b3").forEach(id -> four.administer(id, AdminState.DRAINING));

        assertThat(four.eject("b2", BackendFault.CONNECT)).isTrue();
        assertThat(four.eject("b0", BackendFault.CONNECT)).isTrue();
        assertThat(four.eject("b3", BackendFault.CONNECT)).isFalse();
    }

    @Test
    void aBackendThatIsOutOrGoneIsNotEjected() {
        assertThat(upstream.eject("b0", BackendFault.CONNECT)).isTrue();
        assertThat(upstream.eject("b0", BackendFault.CONNECT)).isFalse();
        assertThat(upstream.eject("b7", BackendFault.CONNECT)).isFalse();
        assertThat(upstream.nanosToNextChange())
                .isEqualTo(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void withoutAPolicyThereIsNone() {
        Upstream trusting = upstream(2, null);
        assertThat(trusting.eject("b0", BackendFault.CONNECT)).isFalse();
    }

    /** Has two more backends, which take no new clients. */
    private static void put(Upstream upstream, String others) {
        List<Backend> backends = new ArrayList<>(
                upstream.snapshot().members().stream().map(Member::backend).toList());
        String weight = others.equals("weightless") ? "0" : "10";
        backends.addAll(Members.backends("b2:" + weight + " b3:" + weight));
        upstream.replaceBackends(backends);
        if (!others.equals("weightless")) {
            BackendState state = BackendState.valueOf(others.toUpperCase(Locale.ROOT));
            List.of("b2", "b3").forEach(id -> upstream.setState(id, state));
        }
    }

    private Upstream upstream(int backends, EjectionPolicy policy) {
        return new Upstream(
                "shop",
                Members.ofEqualWeight(backends).members().stream()
                        .map(Member::backend)
                        .toList(),
                new StatePolicy(false, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, null, policy),
                ticker,
                new FakeWallClock());
    }

    private void advance(Duration time) {
        ticker.advance(time);
        upstream.advance();
    }

    private Member member(String id) {
        return upstream.snapshot().member(id).orElseThrow();
    }
}
