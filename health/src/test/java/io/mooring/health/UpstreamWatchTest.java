package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.EjectionPolicy;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.balancer.upstream.Upstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of checks and counts when an upstream is declared otherwise, in virtual time. */
final class UpstreamWatchTest {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final HealthCheckSpec CHECK = check(INTERVAL);
    private static final StatePolicy STATES = states(Duration.ZERO, null);
    private static final UpstreamSpec DECLARED = spec(STATES, CHECK, Optional.empty());

    private final ManualTimer timer = new ManualTimer();
    private final Random random = new Random(20_261_123);
    private final Upstream upstream = new Upstream("shop", DECLARED.backends(), STATES, timer, InstantSource.system());
    private boolean good = true;
    private int probes;
    private UpstreamWatch watch;

    @BeforeEach
    void watch() {
        watch = new UpstreamWatch(
                upstream,
                DECLARED,
                timer,
                (of, spec) -> spec.healthCheck()
                        .map(check -> new UpstreamChecks(of, check, this::probe, timer, random, new Phases(random)))
                        .orElse(null));
        timer.advance(INTERVAL);
        assertThat(state()).isEqualTo(BackendState.READY);
    }

    @AfterEach
    void nothingIsLeft() {
        watch.close();
        timer.advance(Duration.ZERO);
        assertThat(timer.pending()).isZero();
    }

    @Test
    void aChangeOfStatesLeavesTheChecksAndWhatTheyHaveCounted() {
        good = false;
        awaitProbes(2);
        long failed = watch.probes("a", ProbeVerdict.FAILURE);
        declare(spec(states(Duration.ofSeconds(30), Duration.ofMinutes(5)), CHECK, Optional.empty()));

        assertThat(state()).isEqualTo(BackendState.READY);
        assertThat(watch.probes("a", ProbeVerdict.FAILURE)).isEqualTo(failed);
        awaitProbes(1);
        assertThat(state()).isEqualTo(BackendState.DOWN);
    }

    @ParameterizedTest
    @EnumSource
    void anotherCheckTakesABackendOutAndBringsItBackOnlyAfterAsManyResultsAsItTakes(Change change) {
        declare(change.made());
        good = false;
        awaitProbes(2);
        assertThat(state()).isEqualTo(BackendState.READY);
        awaitProbes(1);
        assertThat(state()).isEqualTo(BackendState.DOWN);

        declare(DECLARED);
        good = true;
        awaitProbes(2);
        assertThat(state()).isEqualTo(BackendState.DOWN);
        awaitProbes(1);
        assertThat(state()).isEqualTo(BackendState.READY);
    }

    @Test
    void aBackendThatNothingIsKnownOfIsJudgedByTheFirstResultOfAnotherCheck() {
        upstream.administer("a", AdminState.MAINTENANCE);
        timer.advance(INTERVAL);
        declare(Change.INTERVAL.made());
        good = false;
        upstream.administer("a", AdminState.READY);
        awaitProbes(1);

        assertThat(state()).isEqualTo(BackendState.DOWN);
    }

    @Test
    void checksEndAndBeginWithTheDeclarationOfOne() {
        UpstreamSpec unchecked = spec(
                new StatePolicy(false, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, null, EjectionPolicy.DEFAULT),
                null,
                Optional.empty());
        declare(unchecked);
        probes = 0;
        timer.advance(INTERVAL.multipliedBy(4));
        assertThat(probes).isZero();
        assertThat(watch.probes("a", ProbeVerdict.SUCCESS)).isZero();

        declare(DECLARED);
        awaitProbes(1);
        assertThat(watch.probes("a", ProbeVerdict.SUCCESS)).isEqualTo(1);
    }

    @Test
    void failuresThatWereCountedStayCountedUnlessTheEjectionIsAnother() {
        int after = EjectionPolicy.DEFAULT.after();
        fail(after - 1);
        declare(spec(states(Duration.ofSeconds(30), null), CHECK, Optional.empty()));
        fail(1);
        assertThat(state()).isEqualTo(BackendState.DOWN);
    }

    @Test
    void anotherEjectionIsInForceAtOnceAndWithoutOneNobodyIsEjected() {
        EjectionPolicy usual = EjectionPolicy.DEFAULT;
        EjectionPolicy quick =
                new EjectionPolicy(1, usual.counts(), usual.time(), usual.maxTime(), usual.maxSharePercent());
        declare(spec(
                new StatePolicy(true, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, null, null),
                CHECK,
                Optional.empty()));
        fail(usual.after());
        assertThat(state()).isEqualTo(BackendState.READY);

        declare(spec(
                new StatePolicy(true, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, null, quick),
                CHECK,
                Optional.empty()));
        fail(1);
        assertThat(state()).isEqualTo(BackendState.DOWN);
    }

    @Test
    void aShorterDrainEndsInItsTimeThoughNoMemberHasChanged() {
        upstream.administer("a", AdminState.DRAINING);
        timer.advance(Duration.ofMinutes(1));
        declare(spec(states(Duration.ZERO, Duration.ofMinutes(5)), CHECK, Optional.empty()));

        timer.advance(Duration.ofMinutes(4).minusSeconds(1));
        assertThat(state()).isEqualTo(BackendState.DRAINING);
        timer.advance(Duration.ofSeconds(2));
        assertThat(state()).isEqualTo(BackendState.MAINTENANCE);
    }

    /** As the fleet does: first the upstream, then those who follow it. */
    private void declare(UpstreamSpec next) {
        upstream.become(next.backends(), next.states(), next.proxyProtocol());
        watch.follow(next);
        timer.advance(Duration.ZERO);
    }

    /** Until as many more probes of the backend have ended. */
    private void awaitProbes(int more) {
        int wanted = probes + more;
        for (int i = 0; probes < wanted && i < 10_000; i++) {
            timer.advance(Duration.ofMillis(10));
        }
        assertThat(probes).isEqualTo(wanted);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            upstream.snapshot().member("a").orElseThrow().activity().report(BackendSignal.CONNECT_FAILED);
        }
        timer.advance(Duration.ZERO);
    }

    private void probe(Backend backend, Duration timeout, Consumer<ProbeResult> done) {
        if (backend.id().equals("a")) {
            probes++;
        }
        boolean fine = good || !backend.id().equals("a");
        done.accept(fine ? ProbeResult.good("fine") : ProbeResult.bad("no"));
    }

    private BackendState state() {
        return upstream.snapshot().member("a").orElseThrow().state();
    }

    private static StatePolicy states(Duration flapGrace, @Nullable Duration drainTimeout) {
        return new StatePolicy(true, AllDown.TRY_ALL, Duration.ZERO, flapGrace, drainTimeout, EjectionPolicy.DEFAULT);
    }

    private static HealthCheckSpec check(Duration interval) {
        return new HealthCheckSpec(new ProbeSpec.Tcp(null), interval, Duration.ofSeconds(2), 3, 3, null);
    }

    private static UpstreamSpec spec(
            StatePolicy states, @Nullable HealthCheckSpec check, Optional<ProxyProtocol> proxyProtocol) {
        return new UpstreamSpec(
                "shop",
                new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None()),
                List.of(new Backend("a", "127.0.0.1", 1, 10), new Backend("b", "127.0.0.1", 2, 10)),
                states,
                Optional.ofNullable(check),
                proxyProtocol,
                Optional.empty(),
                Optional.empty());
    }

    /** What has the probes become others. */
    enum Change {
        INTERVAL,
        PROXY_PROTOCOL;

        UpstreamSpec made() {
            return switch (this) {
                case INTERVAL -> spec(STATES, check(Duration.ofSeconds(10)), Optional.empty());
                case PROXY_PROTOCOL -> spec(STATES, CHECK, Optional.of(ProxyProtocol.V2));
            };
        }
    }
}
