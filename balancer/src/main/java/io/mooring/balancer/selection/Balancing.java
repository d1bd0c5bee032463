package io.mooring.balancer.selection;

/** The balancing algorithms. */
public enum Balancing {
    /** Each backend gets new clients in proportion to its weight, evenly interleaved. */
    WEIGHTED_ROUND_ROBIN("weighted-round-robin"),
    /** The backend with the fewest active requests or connections per unit of weight. */
    WEIGHTED_LEAST_CONNECTIONS("weighted-least-connections"),
    /** A consistent hash of the client's address. */
    IP_HASH("ip-hash");

    private final String key;

    Balancing(String key) {
        this.key = key;
    }

    /** The name in the configuration. */
    public String key() {
        return key;
    }
}
