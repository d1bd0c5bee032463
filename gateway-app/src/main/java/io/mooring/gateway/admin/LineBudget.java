package io.mooring.gateway.admin;

import io.mooring.balancer.time.Ticker;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds how many lines strangers can have written to a log: so many at once, and then one in a while. Safe for
 * concurrent use; never waits.
 */
final class LineBudget {

    /** How many lines there may be at once. */
    static final int BURST = 100;

    /** How long it takes until there may be one more. */
    static final Duration PER_LINE = Duration.ofSeconds(10);

    private static final long LINE_NANOS = PER_LINE.toNanos();

    private final Ticker ticker;
    private final AtomicLong leftOut = new AtomicLong();

    /** When all of the budget would be there again. */
    private final AtomicLong whole;

    LineBudget(Ticker ticker) {
        this.ticker = ticker;
        this.whole = new AtomicLong(ticker.nanos());
    }

    /**
     * Takes one line out of the budget: how many were left out since the last, or nothing if this is to be left out as
     * well.
     */
    OptionalLong take() {
        long now = ticker.nanos();
        while (true) {
            long before = whole.get();
            long debt = Math.max(0, before - now);
            if (debt > (BURST - 1) * LINE_NANOS) {
                leftOut.incrementAndGet();
                return OptionalLong.empty();
            }
            if (whole.compareAndSet(before, now + debt + LINE_NANOS)) {
                return OptionalLong.of(leftOut.getAndSet(0));
            }
        }
    }
}
