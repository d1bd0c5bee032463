package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.balancer.upstream.Upstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** When backends are probed, and what follows, in virtual time. */
final class HealthChecksTest {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration JITTER = INTERVAL.dividedBy(10);
    private static final HealthCheckSpec SPEC =
            new HealthCheckSpec(new ProbeSpec.Tcp(null), INTERVAL, TIMEOUT, 3, 3, null);

    private final ManualTimer timer = new ManualTimer();
    private final Random random = new Random(20_261_123);
    private final Map<String, String> behaviours = new HashMap<>();
    private final List<Long> probedAt = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Upstream upstream;

    @BeforeEach
    void twoBackends() {
        upstream = upstream(2);
    }

    @Test
    void aBackendIsReadyWithItsFirstSuccessWithinASecond() {
        start();
        assertThat(state("b0")).isEqualTo(BackendState.PROBING);

        timer.advance(Duration.ofSeconds(1));

        assertThat(state("b0")).isEqualTo(BackendState.READY);
        assertThat(told).contains("b0 READY the first check succeeded: fine");
    }

    @Test
    void aBackendThatFailsItsFirstProbeIsDownAndNeedsOneSuccess() {
        behaviours.put("b0", "refuse");
        start();
        timer.advance(Duration.ofSeconds(1));
        assertThat(state("b0")).isEqualTo(BackendState.DOWN);

        behaviours.put("b0", "serve");
        timer.advance(INTERVAL.multipliedBy(2));

        assertThat(state("b0")).isEqualTo(BackendState.READY);
        assertThat(told).contains("b0 DOWN the first check failed: refused");
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments("refuse", INTERVAL.multipliedBy(2)),
                arguments("hang", INTERVAL.multipliedBy(2).plus(TIMEOUT)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void aFailureIsFoundInTheTimeThatTheSettingsMean(String behaviour, Duration afterFirstProbe) {
        start();
        timer.advance(INTERVAL.multipliedBy(4));
        behaviours.put("b0", behaviour);
        long failedAt = timer.nanos();
        while (state("b0") == BackendState.READY) {
            timer.advance(Duration.ofMillis(10));
        }

        Duration found = Duration.ofNanos(timer.nanos() - failedAt);
        assertThat(found)
                .isGreaterThan(afterFirstProbe.minus(JITTER))
                .isLessThan(afterFirstProbe.plus(INTERVAL).plus(JITTER.multipliedBy(2)));
        assertThat(told).anyMatch(line -> line.startsWith("b0 DOWN 3 checks failed: "));
    }

    @Test
    void aBackendComesBackAfterAsManySuccessesAsItTakes() {
        start();
        timer.advance(INTERVAL);
        behaviours.put("b0", "refuse");
        timer.advance(INTERVAL.multipliedBy(5));
        assertThat(state("b0")).isEqualTo(BackendState.DOWN);

        behaviours.put("b0", "serve");
        timer.advance(INTERVAL.plus(JITTER));
        assertThat(state("b0")).isEqualTo(BackendState.DOWN);
        timer.advance(INTERVAL.multipliedBy(3));
        assertThat(state("b0")).isEqualTo(BackendState.READY);
        assertThat(told).contains("b0 READY 3 checks succeeded: fine");
    }

    @Test
    void aSuccessInBetweenBeginsTheRunAnew() {
        start();
        timer.advance(INTERVAL);
        for (int i = 0; i < 5; i++) {
            behaviours.put("b0", "refuse");
            timer.advance(INTERVAL.multipliedBy(2).minus(JITTER.multipliedBy(2)));
            behaviours.put("b0", "serve");
            timer.advance(INTERVAL.plus(JITTER.multipliedBy(2)));
        }

        assertThat(told).noneMatch(line -> line.startsWith("b0 DOWN"));
    }

    @Test
    void probesOfManyBackendsNeverBunch() {
        upstream = upstream(100);
        start();
        timer.advance(INTERVAL.multipliedBy(2));
        probedAt.clear();
        timer.advance(Duration.ofMinutes(10));

        assertThat(probedAt).hasSizeBetween(100 * 118, 100 * 122);
        int expected = 10;
        for (int i = 0; i + 2 * expected < probedAt.size(); i++) {
            assertThat(probedAt.get(i + 2 * expected) - probedAt.get(i))
                    .as("time of %s probes, of which half are expected in half a second", 2 * expected + 1)
                    .isGreaterThan(Duration.ofMillis(500).toNanos());
        }
    }

    @Test
    void theProbesOfABackendAreAnIntervalApartGiveOrTakeATenth() {
        upstream = upstream(1);
        start();
        timer.advance(INTERVAL.multipliedBy(2));
        probedAt.clear();
        timer.advance(Duration.ofMinutes(10));

        List<Long> gaps = IntStream.range(1, probedAt.size())
                .mapToObj(i -> probedAt.get(i) - probedAt.get(i - 1))
                .toList();
        assertThat(gaps)
                .hasSizeGreaterThan(110)
                .allSatisfy(gap -> assertThat(gap)
                        .isBetween(
                                INTERVAL.minus(JITTER).toNanos(),
                                INTERVAL.plus(JITTER).toNanos()));
        assertThat(gaps.stream().distinct().count()).isGreaterThan(100);
    }

    @Test
    void aBackendInMaintenanceIsNotProbedAndBeginsAnewAfterwards() {
        start();
        timer.advance(INTERVAL);
        upstream.administer("b0", AdminState.MAINTENANCE);
        upstream.administer("b1", AdminState.MAINTENANCE);
        timer.advance(Duration.ZERO);
        probedAt.clear();
        timer.advance(INTERVAL.multipliedBy(10));
        assertThat(probedAt).isEmpty();

        behaviours.put("b0", "refuse");
        upstream.administer("b0", AdminState.READY);
        assertThat(state("b0")).isEqualTo(BackendState.PROBING);
        timer.advance(Duration.ofSeconds(1));
        assertThat(state("b0")).isEqualTo(BackendState.DOWN);
    }

    @Test
    void aBackendThatIsAddedIsProbedAndOneThatIsRemovedIsNotAnyMore() {
        UpstreamChecks checks = start();
        timer.advance(INTERVAL);
        upstream.replaceBackends(List.of(backend("b1"), backend("b2")));
        assertThat(state("b2")).isEqualTo(BackendState.PROBING);
        timer.advance(Duration.ofSeconds(1));

        assertThat(state("b2")).isEqualTo(BackendState.READY);
        assertThat(checks.probes("b0", ProbeVerdict.SUCCESS)).isZero();
        assertThat(checks.probes("b1", ProbeVerdict.SUCCESS)).isPositive();
        assertThat(checks.probes("b2", ProbeVerdict.SUCCESS)).isEqualTo(1);
    }

    @Test
    void probesAreCountedByTheirResult() {
        upstream = upstream(1);
        UpstreamChecks checks = start();
        timer.advance(INTERVAL.multipliedBy(4));
        long good = checks.probes("b0", ProbeVerdict.SUCCESS);
        behaviours.put("b0", "hang");
        timer.advance(INTERVAL.multipliedBy(4));

        assertThat(good).isBetween(4L, 5L);
        assertThat(checks.probes("b0", ProbeVerdict.FAILURE)).isBetween(3L, 4L);
        assertThat(checks.probes("b7", ProbeVerdict.SUCCESS)).isZero();
    }

    @Test
    void aBackendThatCannotBeAskedIsThoughtOfAsBefore() {
        UpstreamChecks checks = start();
        timer.advance(INTERVAL);
        behaviours.put("b0", "cannot be asked");
        timer.advance(INTERVAL.multipliedBy(5));
        assertThat(state("b0")).isEqualTo(BackendState.READY);
        assertThat(checks.probes("b0", ProbeVerdict.UNKNOWN)).isBetween(4L, 6L);
        assertThat(checks.probes("b0", ProbeVerdict.FAILURE)).isZero();

        behaviours.put("b0", "refuse");
        timer.advance(INTERVAL.multipliedBy(2).minus(JITTER));
        assertThat(state("b0")).isEqualTo(BackendState.READY);
        assertThat(checks.probes("b0", ProbeVerdict.FAILURE)).isLessThanOrEqualTo(2L);
    }

    @Test
    void nothingIsLeftWhenItIsClosed() {
        UpstreamChecks checks = start();
        timer.advance(INTERVAL);
        checks.close();
        timer.advance(Duration.ZERO);

        assertThat(timer.pending()).isZero();
    }

    private UpstreamChecks start() {
        UpstreamChecks checks = new UpstreamChecks(upstream, SPEC, this::probe, timer, random, new Phases(random));
        upstream.follow(change -> told.add(change.backend() + " " + change.to() + " " + change.reason()));
        checks.start();
        return checks;
    }

    private void probe(Backend backend, Duration timeout, Consumer<ProbeResult> done) {
        probedAt.add(timer.nanos());
        switch (behaviours.getOrDefault(backend.id(), "serve")) {
            case "serve" -> done.accept(ProbeResult.good("fine"));
            case "refuse" -> done.accept(ProbeResult.bad("refused"));
            case "cannot be asked" -> done.accept(ProbeResult.unknown("Too many open files"));
            case "hang" -> timer.schedule(timeout, () -> done.accept(ProbeResult.bad("no answer in time")));
            default -> throw new IllegalArgumentException(backend.id());
        }
    }

    private BackendState state(String id) {
        return upstream.snapshot().member(id).orElseThrow().state();
    }

    private Upstream upstream(int backends) {
        return new Upstream(
                "shop",
                IntStream.range(0, backends).mapToObj(i -> backend("b" + i)).toList(),
                new StatePolicy(true, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, null, null),
                timer,
                InstantSource.system());
    }

    private static Backend backend(String id) {
        return new Backend(id, "127.0.0.1", 9_000, 10);
    }
}
