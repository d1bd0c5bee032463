package io.mooring.balancer.session;

import io.mooring.balancer.upstream.Member;

/** A decision that binds nobody: balanced or hashed. */
final class UnboundDecision extends Decision {

    UnboundDecision(Scope scope, Selection selection, long clientHash) {
        super(scope, selection, clientHash);
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
    void end() {}
}
