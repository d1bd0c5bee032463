package io.mooring.balancer.time;

/**
 * A monotonic source of elapsed time.
 *
 * <p>Readings are nanoseconds from an arbitrary origin: only the difference of two readings of the
 * same ticker means anything. Implementations are safe for concurrent use.
 */
@FunctionalInterface
public interface Ticker {

    /** The present reading, in nanoseconds. */
    long nanos();

    /** The ticker of the running machine, which no change of the wall clock affects. */
    static Ticker system() {
        return System::nanoTime;
    }
}
