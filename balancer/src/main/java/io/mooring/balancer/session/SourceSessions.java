package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourceLookup;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.source.SourceTable;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Recognizes clients by their source address, in a {@link SourceTable} of the scope's own. */
final class SourceSessions implements Sessions {

    /** A client that loses this many races against itself is served without being remembered. */
    private static final int CLAIM_ATTEMPTS = 4;

    private final SourceTable table;
    private final SourcePrefixes prefixes;
    private final Ticker ticker;
    private volatile BackendBindings bindings = BackendBindings.NONE;

    SourceSessions(Persistence.SourceIp policy, SourceTable table, Ticker ticker) {
        this.table = table;
        this.prefixes = policy.prefixes();
        this.ticker = ticker;
    }

    @Override
    public synchronized void prepare(UpstreamSnapshot snapshot) {
        bindings = bindings.with(snapshot.members());
    }

    @Override
    public Decision decide(Scope scope, Selection selection, @Nullable InetAddress client, List<String> tokens) {
        if (client == null) {
            Decision decision = new UnboundDecision(scope, selection, 0);
            decision.balance(Outcome.NEW);
            return decision;
        }
        SourceAddress source = prefixes.of(client);
        BackendBindings known = bindings;
        SourceDecision decision = new SourceDecision(scope, selection, source, table, known, ticker);
        for (int attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
            if (decide(decision, source, known)) {
                return decision;
            }
            decision.unassign();
        }
        decision.balance(Outcome.NEW);
        return decision;
    }

    /** Whether the decision stands; if not, the client's session changed since it was looked up. */
    private boolean decide(SourceDecision decision, SourceAddress source, BackendBindings known) {
        SourceLookup found = table.find(source, ticker.nanos());
        return switch (found.standing()) {
            case NONE -> decision.begin(Outcome.NEW);
            case IDLE_EXPIRED -> decision.begin(Outcome.IDLE_EXPIRED);
            case MAX_EXPIRED -> decision.begin(Outcome.MAX_EXPIRED);
            case LIVE -> {
                Member bound = known.member(found.binding());
                if (known.isRevoked(found.binding())) {
                    yield decision.beginAfter(found.binding());
                }
                if (bound == null) {
                    yield decision.moveFrom(found.binding());
                }
                if (bound.servesBound()) {
                    yield decision.resume(bound, found.binding());
                }
                yield bound.awaited() ? decision.resumeElsewhere(found.binding()) : decision.moveFrom(found.binding());
            }
        };
    }

    @Override
    public boolean revoke(InetAddress client) {
        return table.reassign(prefixes.of(client), BackendBindings.REVOKED, ticker.nanos());
    }

    @Override
    public synchronized void revokeBackend(String backendId) {
        bindings = bindings.without(backendId);
    }

    @Override
    public synchronized void revokeAll() {
        for (String id : bindings.ids()) {
            bindings = bindings.without(id);
        }
    }

    @Override
    public OptionalInt live() {
        BackendBindings known = bindings;
        long now = ticker.nanos();
        return OptionalInt.of(known.ids().stream()
                .mapToInt(id -> table.liveSessions(known.of(id), now))
                .sum());
    }

    @Override
    public OptionalInt live(String backendId) {
        int binding = bindings.of(backendId);
        return OptionalInt.of(binding == BackendBindings.REVOKED ? 0 : table.liveSessions(binding, ticker.nanos()));
    }
}
