package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Lets the hash of the client's address choose; a client without one is as good as any other. */
final class HashedSessions implements Sessions {

    private final SourcePrefixes prefixes;
    private final @Nullable SourceShares shares;

    HashedSessions(SourcePrefixes prefixes, @Nullable SourceShares shares) {
        this.prefixes = prefixes;
        this.shares = shares;
    }

    @Override
    public Decision decide(
            Scope scope, Selection selection, @Nullable InetAddress client, int port, List<String> tokens) {
        long hash = 0;
        SourceShares.Opening opening = null;
        if (client != null) {
            SourceAddress source = prefixes.of(client);
            opening = shares == null ? null : shares.begin(source);
            boolean split = opening != null && opening.isSplit() && port != Scope.NO_PORT;
            hash = (split ? source.at(port) : source).hash();
        }
        Decision decision = new UnboundDecision(scope, selection, hash, opening);
        decision.balance(Outcome.HASHED);
        return decision;
    }

    @Override
    public Prospect foresee(@Nullable InetAddress client, int port, List<String> tokens) {
        long hash = client == null ? 0 : prefixes.of(client).hash();
        return Prospect.balanced(Outcome.HASHED, hash);
    }

    @Override
    public OptionalLong exceeded() {
        return shares == null ? OptionalLong.empty() : OptionalLong.of(shares.exceeded());
    }

    @Override
    public void prepare(UpstreamSnapshot snapshot) {}

    @Override
    public void revokeBackend(String backendId) {}

    @Override
    public void revokeAll() {}
}
