package io.mooring.l4;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Admits so many in a second. The second slides: of those that came in the last whole one, as many count as if they had
 * come evenly. Safe for concurrent use.
 */
final class ConnectionRate {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int limit;
    private final AtomicReference<Seconds> seconds;

    ConnectionRate(int limit, long now) {
        this.limit = limit;
        this.seconds = new AtomicReference<>(new Seconds(now, 0, 0));
    }

    /** Whether one more is admitted; then it is counted. */
    boolean admits(long now) {
        while (true) {
            Seconds before = Objects.requireNonNull(seconds.get());
            Seconds current = before.at(now);
            if (current.recent(now) >= limit) {
                return false;
            }
            if (seconds.compareAndSet(before, current.plusOne())) {
                return true;
            }
        }
    }

    /** How many came in the second that began at a time, and in the one before. */
    private record Seconds(long began, int previous, int current) {

        Seconds at(long now) {
            long elapsed = now - began;
            if (elapsed < SECOND) {
                return this;
            }
            return elapsed < 2 * SECOND ? new Seconds(began + SECOND, current, 0) : new Seconds(now, 0, 0);
        }

        long recent(long now) {
            // Another thread may have read the time before this second began.
            long left = Math.min(SECOND, SECOND - (now - began));
            return current + previous * left / SECOND;
        }

        Seconds plusOne() {
            return new Seconds(began, previous, current + 1);
        }
    }
}
