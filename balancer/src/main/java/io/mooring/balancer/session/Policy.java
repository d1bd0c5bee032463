package io.mooring.balancer.session;

import io.mooring.balancer.selection.Balancing;

/**
 * A balancing algorithm and the persistence that goes with it.
 *
 * @param balancing how clients without a session are spread
 * @param persistence how clients are kept
 */
public record Policy(Balancing balancing, Persistence persistence) {

    public Policy {
        if (!allows(balancing, persistence.kind(), Layer.HTTP)) {
            throw new IllegalArgumentException("persistence: "
                    + persistence.kind().key() + " (expected: one that goes with " + balancing.key() + ")");
        }
    }

    /** Whether the design's table lets the two go together for traffic of this layer. */
    public static boolean allows(Balancing balancing, Persistence.Kind persistence, Layer layer) {
        if (layer == Layer.L4 && persistence == Persistence.Kind.COOKIE) {
            return false;
        }
        return switch (balancing) {
            case WEIGHTED_ROUND_ROBIN -> true;
            case WEIGHTED_LEAST_CONNECTIONS -> persistence == Persistence.Kind.NONE;
            case IP_HASH -> persistence != Persistence.Kind.COOKIE;
        };
    }

    /** Whether this policy may decide for traffic of the layer. */
    public boolean fits(Layer layer) {
        return allows(balancing, persistence.kind(), layer);
    }
}
