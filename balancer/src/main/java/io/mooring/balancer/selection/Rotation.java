package io.mooring.balancer.selection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The place in the round that balancing has reached. It outlives the selectors, so that a change of
 * the members does not send the next clients to the first backend again.
 *
 * <p>Safe for concurrent use.
 */
public final class Rotation {

    private final AtomicLong position;

    /** A rotation that begins at the given position; a random one keeps many gateways out of step. */
    public Rotation(long start) {
        this.position = new AtomicLong(start);
    }

    /** Another rotation, at the same place. */
    public Rotation copy() {
        return new Rotation(position.get());
    }

    /** The next position; never negative. */
    long advance() {
        return position.getAndIncrement() & Long.MAX_VALUE;
    }
}
