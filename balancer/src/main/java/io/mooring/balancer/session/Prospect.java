package io.mooring.balancer.session;

import io.mooring.balancer.upstream.Member;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a client that came now, up to the choice of a backend.
 *
 * @param outcome what became of persistence
 * @param bound the backend of the client's session, if it has one that is not gone
 * @param clientHash what hashing would choose by
 * @param sessionHash what chooses the host of a session that is diverted
 */
record Prospect(Outcome outcome, @Nullable Member bound, long clientHash, long sessionHash) {

    /** Of a client without a session. */
    static Prospect balanced(Outcome outcome, long clientHash) {
        return new Prospect(outcome, null, clientHash, 0);
    }

    /** What becomes of a live session that is bound to this member, or to one that is gone. */
    static Outcome ofSession(@Nullable Member bound) {
        if (bound == null) {
            return Outcome.MOVED;
        }
        if (bound.servesBound()) {
            return Outcome.KEPT;
        }
        return bound.awaited() ? Outcome.DIVERTED : Outcome.MOVED;
    }
}
