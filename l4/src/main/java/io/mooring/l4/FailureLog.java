package io.mooring.l4;

import io.mooring.balancer.time.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures of a listener's own, as the want of descriptors, in the log: a line each, but one a second at most, or a
 * flood that the gateway is short of something for would be a flood of lines as well. A line tells how many failures
 * since the one before had none. Stack traces are for those who debug, who get all of them.
 *
 * <p>Safe for concurrent use.
 */
final class FailureLog {

    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;
    private final AtomicLong next;
    private final AtomicLong untold = new AtomicLong();

    FailureLog(Ticker ticker) {
        this.ticker = ticker;
        this.next = new AtomicLong(ticker.nanos());
    }

    void failed(String listener, String what, @Nullable Throwable cause) {
        log.debug("listener {}: {} failed", listener, what, cause);
        long now = ticker.nanos();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + PAUSE_NANOS)) {
            untold.incrementAndGet();
            return;
        }
        long others = untold.getAndSet(0);
        String more = others == 0 ? "" : " (failures before it that are not told of: " + others + ")";
        log.warn("listener {}: {} failed: {}{}", listener, what, String.valueOf(root(cause)), more);
    }

    /** What was missing stands there. */
    private static @Nullable Throwable root(@Nullable Throwable cause) {
        Throwable root = cause;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
