package io.mooring.balancer.upstream;

import java.time.Duration;
import java.util.Set;

/**
 * When a backend that fails its clients is taken out, and for how long.
 *
 * @param after how many failures in a row, 1 or more
 * @param counts what counts as a failure
 * @param time for how long the first time; twice as long each next time
 * @param maxTime for how long at most; a backend that has served for as long is ejected for the first time again
 * @param maxSharePercent how much of what new clients could go to may be out at once for there to be an ejection, 0-100
 */
public record EjectionPolicy(
        int after, Set<BackendFault> counts, Duration time, Duration maxTime, int maxSharePercent) {

    /** The policy of an upstream that declares none. */
    public static final EjectionPolicy DEFAULT = new EjectionPolicy(
            5,
            Set.of(BackendFault.CONNECT, BackendFault.RESET, BackendFault.TIMEOUT),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            50);

    public EjectionPolicy {
        counts = Set.copyOf(counts);
        if (after < 1) {
            throw new IllegalArgumentException("after: " + after + " (expected: 1 or more)");
        }
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("time: " + time + " (expected: more than 0s)");
        }
        if (maxTime.compareTo(time) < 0) {
            throw new IllegalArgumentException("max-time: " + maxTime + " (expected: " + time + " or more)");
        }
        if (maxSharePercent < 0 || maxSharePercent > 100) {
            throw new IllegalArgumentException("max-share: " + maxSharePercent + " (expected: 0-100)");
        }
    }

    /** For how long a backend is out that was ejected so often in a row before. */
    Duration time(int ejections) {
        Duration grown = time;
        for (int i = 0; i < ejections && grown.compareTo(maxTime) < 0; i++) {
            grown = grown.multipliedBy(2);
        }
        return grown.compareTo(maxTime) < 0 ? grown : maxTime;
    }

    /** Whether one more of so many backends may go out. */
    boolean allows(int out, int backends) {
        return (out + 1) * 100L <= (long) maxSharePercent * backends;
    }
}
