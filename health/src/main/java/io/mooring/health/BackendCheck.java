package io.mooring.health;

import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.Vitality;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check of one backend: a probe at a moment of its own in each interval, give or take a twentieth.
 *
 * <p>What is known of the backend holds until as many probes in a row say otherwise as rise and fall say; where nothing
 * is known, one probe says it. The first comes within a second, so that a new backend need not wait for an interval.
 * There is one at a time. What a probe could not find out, for want of a descriptor, says nothing of the backend.
 *
 * <p>Confined to the timer's thread.
 */
final class BackendCheck {

    private static final Logger log = LoggerFactory.getLogger(BackendCheck.class);
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(1);
    private static final double JITTER = 0.05;

    private final Upstream upstream;
    private final String id;
    private final HealthCheckSpec spec;
    private final Probe probe;
    private final Timer timer;
    private final RandomGenerator random;
    private final ProbeCounter counter;
    private final CheckRun run;
    private long due;
    private boolean probing;
    private boolean stopped;
    private boolean blind;
    private Runnable cancel = () -> {};

    BackendCheck(
            Upstream upstream,
            String id,
            HealthCheckSpec spec,
            Probe probe,
            Timer timer,
            RandomGenerator random,
            ProbeCounter counter) {
        this.upstream = upstream;
        this.id = id;
        this.spec = spec;
        this.probe = probe;
        this.timer = timer;
        this.random = random;
        this.counter = counter;
        this.run = new CheckRun(spec.rise(), spec.fall(), upstream.vitality(id).orElse(Vitality.PROBING));
    }

    /**
     * Begins to probe.
     *
     * @param phase where in the interval, 0 or more and less than 1
     */
    void start(double phase) {
        Duration window = spec.interval().compareTo(FIRST_WITHIN) < 0 ? spec.interval() : FIRST_WITHIN;
        long interval = spec.interval().toNanos();
        long first = part(window, phase);
        due = timer.nanos() + part(spec.interval(), phase);
        if (part(spec.interval(), phase) - first < interval / 2) {
            due += interval;
        }
        cancel = timer.schedule(Duration.ofNanos(first), this::begin);
    }

    /** Stops; the result of a probe that is under way is of no interest. */
    void stop() {
        stopped = true;
        cancel.run();
    }

    private void begin() {
        if (stopped) {
            return;
        }
        long interval = spec.interval().toNanos();
        while (due - timer.nanos() <= 0) {
            due += interval;
        }
        long jitter = part(spec.interval(), JITTER * (2 * random.nextDouble() - 1));
        long delay = Math.max(0, due + jitter - timer.nanos());
        due += interval;
        cancel = timer.schedule(Duration.ofNanos(delay), this::begin);
        if (!probing) {
            upstream.snapshot().member(id).ifPresent(member -> {
                probing = true;
                probe.begin(
                        member.backend(),
                        spec.timeout(),
                        result -> timer.schedule(Duration.ZERO, () -> finished(result)));
            });
        }
    }

    private void finished(ProbeResult result) {
        probing = false;
        if (stopped) {
            return;
        }
        counter.count(result.verdict());
        boolean wasBlind = blind;
        blind = result.unknown();
        if (blind) {
            if (!wasBlind) {
                log.warn(
                        "{}/{} could not be probed, and what is known of it holds: {}",
                        upstream.name(),
                        id,
                        result.words());
            }
            return;
        }
        CheckRun.Finding finding = run.count(result);
        if (finding != null) {
            upstream.found(id, finding.vitality(), finding.reason());
        }
    }

    private static long part(Duration of, double share) {
        return (long) (of.toNanos() * share);
    }
}
