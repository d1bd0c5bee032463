package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendFault;
import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.EjectionPolicy;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.balancer.upstream.Upstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EjectorTest {

    private static final EjectionPolicy POLICY = new EjectionPolicy(
            3, Set.of(BackendFault.CONNECT, BackendFault.RESET), Duration.ofSeconds(10), Duration.ofSeconds(40), 50);

    private final ManualTimer timer = new ManualTimer();
    private final Upstream upstream = new Upstream(
            "shop",
            List.of(new Backend("a", "127.0.0.1", 1, 10), new Backend("b", "127.0.0.1", 2, 10)),
            new StatePolicy(false, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, null, POLICY),
            timer,
            InstantSource.system());
    private final Ejector ejector = new Ejector(upstream, POLICY, timer);
    private final UpstreamClock clock = new UpstreamClock(upstream, timer);

    @BeforeEach
    void start() {
        ejector.start();
        clock.start();
    }

    /**
     * What a backend shows: C connected, A answered, L lost, f connect failed, r reset, t timed out, g gateway error.
     */
    @ParameterizedTest
    @CsvSource({
        "ff, false",
        "fff, true",
        "ffCf, false",
        "ffAf, false",
        "ffLf, true",
        "ffCfff, true",
        "rrCr, true",
        "rrAr, false",
        "ffrrff, true",
        "ttttt, false",
        "rrgr, false",
        "ggggg, false",
        "CrCrCr, true",
        "ACrACrACr, false",
        "CLCLCL, false"
    })
    void failuresInARowEjectABackend(String signals, boolean ejected) {
        report("a", signals);
        timer.advance(Duration.ZERO);

        assertThat(member("a").state() == BackendState.DOWN).isEqualTo(ejected);
        assertThat(member("b").state()).isEqualTo(BackendState.READY);
    }

    @Test
    void anEjectionEndsByItselfAndIsLongerTheNextTime() {
        report("a", "fff");
        timer.advance(Duration.ofMillis(9_999));
        assertThat(member("a").state()).isEqualTo(BackendState.DOWN);
        timer.advance(Duration.ofMillis(2));
        assertThat(member("a").state()).isEqualTo(BackendState.READY);

        report("a", "fff");
        timer.advance(Duration.ofSeconds(19));
        assertThat(member("a").state()).isEqualTo(BackendState.DOWN);
        timer.advance(Duration.ofMillis(1_001));
        assertThat(member("a").state()).isEqualTo(BackendState.READY);
    }

    @Test
    void theLastBackendsAreNotEjectedHoweverTheyFail() {
        report("a", "fff");
        report("b", "ffffffffff");
        timer.advance(Duration.ZERO);

        assertThat(member("a").state()).isEqualTo(BackendState.DOWN);
        assertThat(member("b").state()).isEqualTo(BackendState.READY);
    }

    @Test
    void manyFailuresAtOnceAreOneTask() {
        int before = timer.pending();
        report("a", "f".repeat(1_000));

        assertThat(timer.pending()).isEqualTo(before + 1);
    }

    @Test
    void aBackendThatIsReplacedBeginsWithoutFailures() {
        report("a", "ff");
        upstream.replaceBackends(List.of(new Backend("b", "127.0.0.1", 2, 10)));
        upstream.replaceBackends(List.of(new Backend("a", "127.0.0.1", 1, 10), new Backend("b", "127.0.0.1", 2, 10)));
        report("a", "ff");
        timer.advance(Duration.ZERO);

        assertThat(member("a").state()).isEqualTo(BackendState.READY);
    }

    @Test
    void onceClosedItEjectsNobody() {
        ejector.close();
        report("a", "fffff");
        timer.advance(Duration.ofSeconds(1));

        assertThat(member("a").state()).isEqualTo(BackendState.READY);
    }

    private void report(String id, String signals) {
        for (int i = 0; i < signals.length(); i++) {
            member(id)
                    .activity()
                    .report(
                            switch (signals.charAt(i)) {
                                case 'C' -> BackendSignal.CONNECTED;
                                case 'A' -> BackendSignal.ANSWERED;
                                case 'L' -> BackendSignal.LOST;
                                case 'f' -> BackendSignal.CONNECT_FAILED;
                                case 'r' -> BackendSignal.RESET;
                                case 't' -> BackendSignal.TIMED_OUT;
                                case 'g' -> BackendSignal.GATEWAY_ERROR;
                                default -> throw new IllegalArgumentException(signals);
                            });
        }
    }

    private Member member(String id) {
        return upstream.snapshot().member(id).orElseThrow();
    }
}
