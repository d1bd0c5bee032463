package io.mooring.balancer.session;

/**
 * Learns of sources that are too large a share of their scope.
 *
 * <p>Called on the thread that decides, which may be an event loop, and at most once in ten minutes for a scope.
 */
@FunctionalInterface
public interface ShareObserver {

    /**
     * A source has more open than its share.
     *
     * @param scope where
     * @param source its network, as {@link io.mooring.balancer.source.SourcePrefixes#text} writes it
     * @param open about how many connections, requests and flows it has open, rather too many than too few
     * @param all how many the scope has
     * @param share what it may have
     */
    void exceeded(ScopeId scope, String source, int open, int all, SourceShare share);

    /** Does nothing. */
    static ShareObserver none() {
        return (scope, source, open, all, share) -> {};
    }
}
