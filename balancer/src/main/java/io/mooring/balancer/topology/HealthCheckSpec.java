package io.mooring.balancer.topology;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an upstream's backends are checked.
 *
 * @param probe what is asked of a backend
 * @param interval from the beginning of one probe to that of the next, 2 s to 300 s
 * @param timeout how long a probe may take, 2 s to 60 s and less than the interval
 * @param rise how many successes in a row bring a backend back, 2-10
 * @param fall how many failures in a row take it out, 2-10
 * @param port the port that is probed, or null for the backend's own
 */
public record HealthCheckSpec(
        ProbeSpec probe,
        Duration interval,
        Duration timeout,
        int rise,
        int fall,
        @Nullable Integer port) {

    /** The interval of a check that declares none. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

    /** The timeout of a check that declares none. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

    /** The rise and the fall of a check that declares none. */
    public static final int DEFAULT_RUN = 3;

    public HealthCheckSpec {
        Objects.requireNonNull(probe, "probe");
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than 0s)");
        }
        if (interval.compareTo(timeout) <= 0) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: more than " + timeout + ")");
        }
        if (rise < 1 || fall < 1) {
            throw new IllegalArgumentException("rise, fall: " + rise + ", " + fall + " (expected: 1 or more)");
        }
    }
}
