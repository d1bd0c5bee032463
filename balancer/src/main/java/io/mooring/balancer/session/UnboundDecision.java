package io.mooring.balancer.session;

import io.mooring.balancer.upstream.Member;
import org.jspecify.annotations.Nullable;

/** A decision that binds nobody: balanced or hashed. */
final class UnboundDecision extends Decision {

    private final SourceShares.@Nullable Opening opening;

    UnboundDecision(Scope scope, Selection selection, long clientHash, SourceShares.@Nullable Opening opening) {
        super(scope, selection, clientHash);
        this.opening = opening;
    }

    @Override
    public @Nullable Member hashed() {
        return outcome() == Outcome.HASHED ? scope().hashed(clientHash()) : null;
    }

    @Override
    Member bindAnew(Member next) {
        return next;
    }

    @Override
    long sessionHash() {
        return 0;
    }

    @Override
    void end() {
        if (opening != null) {
            opening.end();
        }
    }
}
