package io.mooring.balancer.session;

import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Balances every client anew. */
final class NoSessions implements Sessions {

    @Override
    public Decision decide(
            Scope scope, Selection selection, @Nullable InetAddress client, int port, List<String> tokens) {
        Decision decision = new UnboundDecision(scope, selection, 0, null);
        decision.balance(Outcome.OFF);
        return decision;
    }

    @Override
    public Prospect foresee(@Nullable InetAddress client, int port, List<String> tokens) {
        return Prospect.balanced(Outcome.OFF, 0);
    }

    @Override
    public void prepare(UpstreamSnapshot snapshot) {}

    @Override
    public void revokeBackend(String backendId) {}

    @Override
    public void revokeAll() {}
}
