package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.EjectionPolicy;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.balancer.upstream.Upstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * From when on a backend that fails gets no request any more, under a request every ten milliseconds, in virtual time.
 */
class DetectionTest {

    private static final String FAILING = "b0";
    private static final Duration EVERY = Duration.ofMillis(10);

    private final ManualTimer timer = new ManualTimer();
    private final Random random = new Random(20_261_123);
    /** When the failing backend was chosen since it fails. */
    private final List<Long> chosen = new ArrayList<>();

    private @Nullable Behaviour behaviour;
    private long firstProbe = -1;
    private long failures;

    @Test
    void aBackendThatRefusesGetsNoRequestAfterTheFirstFailuresInARow() {
        EjectionPolicy ejection = EjectionPolicy.DEFAULT;
        Upstream upstream = upstream(null, ejection);
        try (Ejector ejector = new Ejector(upstream, ejection, timer)) {
            ejector.start();
            Scope scope = scope(upstream);
            serve(scope, Duration.ofSeconds(1));
            behaviour = Behaviour.REFUSES;
            serve(scope, ejection.time().minusSeconds(1));

            assertThat(chosen).hasSize(ejection.after());
            assertThat(failures).isEqualTo(ejection.after());
        }
    }

    @ParameterizedTest
    @CsvSource({"REFUSES, 5, 2, 3", "HANGS, 5, 2, 3", "HANGS, 2, 1, 2", "HANGS, 30, 20, 5"})
    void aCheckTakesItOutWithinTheTimeThatItsSettingsMean(Behaviour how, int interval, int timeout, int fall) {
        HealthCheckSpec check = new HealthCheckSpec(
                new ProbeSpec.Tcp(null), Duration.ofSeconds(interval), Duration.ofSeconds(timeout), 2, fall, null);
        Upstream upstream = upstream(check, null);
        try (UpstreamChecks checks =
                new UpstreamChecks(upstream, check, this::probe, timer, random, new Phases(random))) {
            checks.start();
            Scope scope = scope(upstream);
            serve(scope, check.interval().multipliedBy(3));
            behaviour = how;
            serve(scope, check.interval().multipliedBy(fall + 5));

            Duration known = Duration.ofNanos(chosen.get(chosen.size() - 1) - firstProbe);
            Duration intervals = check.interval().multipliedBy(fall - 1);
            Duration most = switch (how) {
                case REFUSES -> intervals.multipliedBy(11).dividedBy(10);
                case HANGS -> check.timeout().multipliedBy(fall).plus(intervals);
            };
            assertThat(known)
                    .isGreaterThan(intervals.multipliedBy(9).dividedBy(10))
                    .isLessThanOrEqualTo(most.plus(EVERY));
        }
    }

    /** Has requests come; one that is refused goes to the next backend. */
    private void serve(Scope scope, Duration time) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(EVERY)) {
            try (Decision decision = scope.decide(null, List.of())) {
                Member member = decision.member();
                while (member != null && member.id().equals(FAILING) && behaviour != null) {
                    chosen.add(timer.nanos());
                    if (behaviour == Behaviour.HANGS) {
                        break;
                    }
                    failures++;
                    member.activity().report(BackendSignal.CONNECT_FAILED);
                    member = decision.failover();
                }
            }
            timer.advance(EVERY);
        }
    }

    private void probe(Backend backend, Duration timeout, Consumer<ProbeResult> done) {
        if (behaviour == null || !backend.id().equals(FAILING)) {
            done.accept(ProbeResult.good("fine"));
            return;
        }
        if (firstProbe < 0) {
            firstProbe = timer.nanos();
        }
        switch (behaviour) {
            case REFUSES -> done.accept(ProbeResult.bad("refused"));
            case HANGS -> timer.schedule(timeout, () -> done.accept(ProbeResult.bad("no answer in time")));
        }
    }

    private Scope scope(Upstream upstream) {
        SessionContext context = new SessionContext(
                new KeyRing(List.of(new SigningKey("k", new byte[16]))), timer, InstantSource.system(), random);
        Policy balanced = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
        return new Scope(new ScopeId(ScopeId.Kind.UPSTREAM, "shop"), upstream, balanced, context);
    }

    private Upstream upstream(@Nullable HealthCheckSpec check, @Nullable EjectionPolicy ejection) {
        StatePolicy states =
                new StatePolicy(check != null, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, null, ejection);
        List<Backend> backends = List.of(
                new Backend(FAILING, "127.0.0.1", 1, 10),
                new Backend("b1", "127.0.0.1", 2, 10),
                new Backend("b2", "127.0.0.1", 3, 10));
        return new Upstream("shop", backends, states, timer, InstantSource.system());
    }

    /** How a backend fails. */
    enum Behaviour {
        /** It refuses connections. */
        REFUSES,
        /** It takes connections and says nothing. */
        HANGS
    }
}
