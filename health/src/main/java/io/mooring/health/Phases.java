package io.mooring.health;

import java.util.random.RandomGenerator;

/**
 * Moments within an interval that lie apart, however many are taken: the multiples of the golden ratio's fraction. Each
 * next one falls into one of the widest gaps (Knuth, The Art of Computer Programming, section 6.4, theorem S).
 */
final class Phases {

    private static final double GOLDEN = 0.618_033_988_749_894_9;

    private double last;

    /** Phases that begin anywhere, so that several gateways do not keep step. */
    Phases(RandomGenerator random) {
        this.last = random.nextDouble();
    }

    /** The next phase, 0 or more and less than 1. */
    double next() {
        last = (last + GOLDEN) % 1;
        return last;
    }
}
