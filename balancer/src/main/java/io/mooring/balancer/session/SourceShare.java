package io.mooring.balancer.session;

import java.util.Locale;
import java.util.Objects;

/**
 * How much of a scope's load one source may be before it counts as more than one client, such as a carrier's network
 * behind one address.
 *
 * @param maxPercent the share of the open connections, requests and flows that is not too large yet, 1-100
 * @param minConnections with fewer than this many open, no source is too large: 1 or more
 * @param split what becomes of a source that is
 */
public record SourceShare(int maxPercent, int minConnections, Split split) {

    /** The connections of a policy that declares none. */
    public static final int DEFAULT_MIN_CONNECTIONS = 100;

    public SourceShare {
        if (maxPercent < 1 || maxPercent > 100) {
            throw new IllegalArgumentException("max-percent: " + maxPercent + " (expected: 1-100)");
        }
        if (minConnections < 1) {
            throw new IllegalArgumentException("min-connections: " + minConnections + " (expected: 1 or more)");
        }
        Objects.requireNonNull(split, "split");
    }

    /** Whether so many of all that are open are too many for one source. */
    boolean isExceeded(int open, int all) {
        return open >= minConnections && 100L * open > (long) maxPercent * all;
    }

    /** What becomes of a source that is too large. */
    public enum Split {
        /** It stays one client. */
        NONE,
        /** Each block of its ports is a client of its own. */
        PORT;

        /** The name in the configuration. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
