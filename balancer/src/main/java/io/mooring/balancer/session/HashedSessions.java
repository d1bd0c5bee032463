package io.mooring.balancer.session;

import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets the hash of the client's address choose; a client without one is as good as any other. */
final class HashedSessions implements Sessions {

    private final SourcePrefixes prefixes;

    HashedSessions(SourcePrefixes prefixes) {
        this.prefixes = prefixes;
    }

    @Override
    public Decision decide(Scope scope, Selection selection, @Nullable InetAddress client, List<String> tokens) {
        long hash = client == null ? 0 : prefixes.of(client).hash();
        Decision decision = new UnboundDecision(scope, selection, hash);
        decision.balance(Outcome.HASHED);
        return decision;
    }

    @Override
    public void prepare(UpstreamSnapshot snapshot) {}

    @Override
    public void revokeBackend(String backendId) {}

    @Override
    public void revokeAll() {}
}
