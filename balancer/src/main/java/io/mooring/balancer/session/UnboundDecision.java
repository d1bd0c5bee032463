package io.mooring.balancer.session;

import io.mooring.balancer.upstream.Member;

/** A decision that binds nobody: balanced or hashed. */
final class UnboundDecision extends Decision {

    UnboundDecision(Scope scope, Selection selection, long clientHash) {
        super(scope, selection, clientHash);
    }

    @Override
    void bindAnew(Member next) {}

    @Override
    void end() {}
}
