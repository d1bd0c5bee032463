package io.mooring.balancer.source;

/**
 * What a {@link SourceTable} knows of a source.
 *
 * @param standing whether it has a session
 * @param binding what the session is or was bound to; meaningless when there was none
 */
public record SourceLookup(Standing standing, int binding) {

    /** The answer for a source without an entry. */
    static final SourceLookup NONE = new SourceLookup(Standing.NONE, SourceTable.NOT_REMEMBERED);

    /** Whether a source has a session, or why not. */
    public enum Standing {
        /** No session is known. */
        NONE,
        /** The session is live. */
        LIVE,
        /** There was a session, but nothing came for its idle timeout. */
        IDLE_EXPIRED,
        /** There was a session, but its absolute timeout is over. */
        MAX_EXPIRED
    }
}
