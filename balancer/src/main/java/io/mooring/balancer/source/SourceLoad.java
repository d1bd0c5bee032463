package io.mooring.balancer.source;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How much each source has open at once, about: a count-min sketch (Cormode and Muthukrishnan, 2005) that counts down,
 * too, in 64 KiB for any number of sources.
 *
 * <p>Each source has a counter in each of {@value #ROWS} rows of {@value #COUNTERS}, which it shares with others, and
 * the smallest of them is the answer: never too small, and too large by more than a thousandth of the total for
 * one source in a hundred. Safe for concurrent use; never waits.
 */
public final class SourceLoad {

    private static final int ROWS = 4;
    private static final int INDEX_BITS = 12;
    private static final int COUNTERS = 1 << INDEX_BITS;

    private final AtomicIntegerArray counters = new AtomicIntegerArray(ROWS * COUNTERS);
    private final AtomicInteger total = new AtomicInteger();
    private final long seed;

    /** Nothing is open; the seed is one that clients cannot predict. */
    public SourceLoad(long seed) {
        this.seed = seed;
    }

    /** One more is open; answers how many the source has. */
    public int begin(SourceAddress source) {
        total.incrementAndGet();
        long hash = source.hash(seed);
        int least = Integer.MAX_VALUE;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, counters.incrementAndGet(index(row, hash)));
        }
        return least;
    }

    /** One that was begun is over. */
    public void end(SourceAddress source) {
        total.decrementAndGet();
        long hash = source.hash(seed);
        for (int row = 0; row < ROWS; row++) {
            counters.decrementAndGet(index(row, hash));
        }
    }

    /** How many are open. */
    public int total() {
        return total.get();
    }

    private static int index(int row, long hash) {
        return row * COUNTERS + ((int) (hash >>> (row * INDEX_BITS)) & (COUNTERS - 1));
    }
}
