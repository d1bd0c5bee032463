package io.mooring.balancer.session;

import io.mooring.balancer.time.Ticker;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * One moment by both clocks: the bridge between what is remembered, by the ticker, and what is written down, by the
 * wall clock.
 *
 * @param nanos the ticker's reading
 * @param wallMillis the time of day, in milliseconds since 1970
 */
record SavedClock(long nanos, long wallMillis) {

    SavedClock(Ticker ticker, InstantSource wallClock) {
        this(ticker.nanos(), wallClock.millis());
    }

    /** How long before this moment a reading of the ticker was, in whole milliseconds; zero for one after it. */
    long millisSince(long reading) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos - reading));
    }

    /** What the ticker read so long before this moment. */
    long reading(long millisBefore) {
        return nanos - TimeUnit.MILLISECONDS.toNanos(millisBefore);
    }
}
