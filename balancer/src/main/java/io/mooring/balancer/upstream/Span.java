package io.mooring.balancer.upstream;

import java.time.Duration;

/** A stretch of time that runs or does not. Its times are readings of one ticker. */
final class Span {

    /** A length that no time is ever over. */
    static final Duration ENDLESS = Duration.ofNanos(Long.MAX_VALUE);

    private static final int TENTHS = Member.FULL_SHARE;

    private boolean runs;
    private long began;
    private long nanos;

    /** Begins anew; one of no length does not run. */
    void begin(long now, Duration length) {
        runs = !length.isZero();
        began = now;
        nanos = length.toNanos();
    }

    /** Has another length, from when it began; one that was over by then is over still. */
    void become(Duration length, long now) {
        if (!isOver(now)) {
            nanos = length.toNanos();
        }
    }

    void end() {
        runs = false;
    }

    void endIfOver(long now) {
        if (isOver(now)) {
            runs = false;
        }
    }

    /** Whether it has begun and nobody has ended it. */
    boolean runs() {
        return runs;
    }

    /** Whether it runs and has run its length. */
    boolean isOver(long now) {
        return runs && now - began >= nanos;
    }

    /** In how long it is over; never if it does not run. */
    long left(long now) {
        return runs && nanos != Long.MAX_VALUE ? Math.max(0, began + nanos - now) : Long.MAX_VALUE;
    }

    /** How many tenths of it have begun, 1-10. */
    int tenths(long now) {
        return (int) Math.min(TENTHS, (now - began) * TENTHS / nanos + 1);
    }

    /** In how long the next tenth begins, or it is over. */
    long toNextTenth(long now) {
        return Math.max(0, began + nanos * tenths(now) / TENTHS - now);
    }
}
