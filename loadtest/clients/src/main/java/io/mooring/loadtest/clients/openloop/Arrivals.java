package io.mooring.loadtest.clients.openloop;

import java.time.Duration;

/**
 * When each request is due: at a constant rate from the start, however long the responses take.
 *
 * @param startNanos when the first is due
 * @param rate requests a second
 * @param warmUp how many come before the first that is measured
 * @param count how many there are, warm-up and all
 */
record Arrivals(long startNanos, int rate, long warmUp, long count) {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    static Arrivals of(OpenLoopOptions options, long startNanos) {
        long warmUp = options.warmUp().toSeconds() * options.rate();
        return new Arrivals(
                startNanos, options.rate(), warmUp, warmUp + options.length().toSeconds() * options.rate());
    }

    long dueNanos(long request) {
        return startNanos + request / rate * SECOND + request % rate * SECOND / rate;
    }

    /** When the measured part begins. */
    long measuredFromNanos() {
        return dueNanos(warmUp);
    }

    /** When the request after the last would be due. */
    long endNanos() {
        return dueNanos(count);
    }
}
