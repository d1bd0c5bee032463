package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourceEntry;
import io.mooring.balancer.source.SourceLookup;
import io.mooring.balancer.source.SourceLookup.Standing;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.source.SourceTable;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Recognizes clients by their source address, in a {@link SourceTable} of the scope's own. */
final class SourceSessions implements Sessions {

    /** A client that loses this many races against itself is served without being remembered. */
    private static final int CLAIM_ATTEMPTS = 4;

    private final SourceTable table;
    private final SourcePrefixes prefixes;
    private final Ticker ticker;
    private final Vacancies vacancies;
    private final SessionDirectory directory;
    private volatile Persistence.SourceIp policy;
    private volatile @Nullable SourceShares shares;
    private volatile BackendBindings bindings = BackendBindings.NONE;

    SourceSessions(ScopeId id, Persistence.SourceIp policy, @Nullable SourceShares shares, SessionContext gateway) {
        this.table = new SourceTable(
                policy.maxEntries(),
                policy.timeouts().idle(),
                policy.timeouts().absolute(),
                gateway.random().nextLong());
        this.policy = policy;
        this.prefixes = policy.prefixes();
        this.shares = shares;
        this.ticker = gateway.ticker();
        this.vacancies = new Vacancies(table);
        this.directory = new SourceDirectory(id, this, table, gateway);
    }

    /** What holds for the sessions now. */
    Persistence.SourceIp policy() {
        return policy;
    }

    /** The shares that are watched, or null. */
    @Nullable
    SourceShares shares() {
        return shares;
    }

    /**
     * Keeps the sessions by another policy from now on, of the same prefixes: others would tell clients apart
     * otherwise.
     */
    synchronized void become(Persistence.SourceIp next, @Nullable SourceShares watched) {
        if (!next.prefixes().equals(prefixes)) {
            throw new IllegalArgumentException("prefixes: " + next.prefixes() + " (expected: " + prefixes + ")");
        }
        table.become(next.maxEntries(), next.timeouts().idle(), next.timeouts().absolute());
        policy = next;
        shares = watched;
    }

    @Override
    public synchronized void prepare(UpstreamSnapshot snapshot) {
        bindings = bindings.with(snapshot.members(), vacant());
    }

    @Override
    public Decision decide(
            Scope scope, Selection selection, @Nullable InetAddress client, int port, List<String> tokens) {
        if (client == null) {
            Decision decision = new UnboundDecision(scope, selection, 0, null);
            decision.balance(Outcome.NEW);
            return decision;
        }
        SourceAddress network = prefixes.of(client);
        SourceShares watched = shares;
        SourceShares.Opening opening = watched == null ? null : watched.begin(network);
        SourceAddress source = opening == null || port == Scope.NO_PORT ? network : key(network, port, opening);
        SourceDecision decision = new SourceDecision(scope, selection, source, opening, this, table, ticker);
        for (int attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
            if (decide(decision, source)) {
                return decision;
            }
            decision.unassign();
        }
        decision.balance(Outcome.NEW);
        return decision;
    }

    /** Whether the decision stands; if not, the client's session changed since it was looked up. */
    private boolean decide(SourceDecision decision, SourceAddress source) {
        BackendBindings known = bindings;
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
    public Prospect foresee(@Nullable InetAddress client, int port, List<String> tokens) {
        if (client == null) {
            return Prospect.balanced(Outcome.NEW, 0);
        }
        SourceAddress network = prefixes.of(client);
        SourceAddress block = port == Scope.NO_PORT ? network : network.at(port);
        long now = ticker.nanos();
        BackendBindings known = bindings;
        SourceAddress source = table.find(block, now).standing() == Standing.LIVE ? block : network;
        SourceLookup found = table.find(source, now);
        return switch (found.standing()) {
            case NONE -> Prospect.balanced(Outcome.NEW, 0);
            case IDLE_EXPIRED -> Prospect.balanced(Outcome.IDLE_EXPIRED, 0);
            case MAX_EXPIRED -> Prospect.balanced(Outcome.MAX_EXPIRED, 0);
            case LIVE -> {
                if (known.isRevoked(found.binding())) {
                    yield Prospect.balanced(Outcome.REVOKED, 0);
                }
                Member bound = known.member(found.binding());
                yield new Prospect(Prospect.ofSession(bound), bound, 0, source.hash());
            }
        };
    }

    /** A block that got a session while its network was too large keeps it when the network is so no more. */
    private SourceAddress key(SourceAddress network, int port, SourceShares.Opening opening) {
        if (!opening.maySplit()) {
            return network;
        }
        SourceAddress block = network.at(port);
        boolean known = opening.isSplit() || table.find(block, ticker.nanos()).standing() == Standing.LIVE;
        return known ? block : network;
    }

    /** What the numbers stand for now. */
    BackendBindings bindings() {
        return bindings;
    }

    /** What the numbers stand for once all these backends have one. */
    synchronized BackendBindings bindings(Set<String> ids) {
        bindings = bindings.withKnown(ids, vacant());
        return bindings;
    }

    @Override
    public boolean revoke(InetAddress client) {
        long now = ticker.nanos();
        boolean had = false;
        for (SourceAddress source : sourcesOf(client)) {
            SourceEntry session = table.entry(source, now);
            boolean live = session != null && !bindings.isRevoked(session.binding());
            had |= table.reassign(source, BackendBindings.REVOKED, now) && live;
        }
        return had;
    }

    @Override
    public synchronized void revokeBackend(String backendId) {
        bindings = bindings.without(backendId, vacant());
    }

    @Override
    public synchronized void revokeAll() {
        IntPredicate vacant = vacant();
        for (String id : bindings.ids()) {
            bindings = bindings.without(id, vacant);
        }
    }

    @Override
    public OptionalInt live() {
        BackendBindings known = bindings;
        int[] all = known.ids().stream().mapToInt(known::of).toArray();
        return OptionalInt.of(table.liveSessions(all, ticker.nanos()));
    }

    @Override
    public OptionalInt live(String backendId) {
        int binding = bindings.of(backendId);
        return OptionalInt.of(binding == BackendBindings.REVOKED ? 0 : table.liveSessions(binding, ticker.nanos()));
    }

    @Override
    public OptionalLong exceeded() {
        SourceShares watched = shares;
        return watched == null ? OptionalLong.empty() : OptionalLong.of(watched.exceeded());
    }

    @Override
    public SessionDirectory directory() {
        return directory;
    }

    /** All that the client may be known by: its network, and the blocks of its ports. */
    List<SourceAddress> sourcesOf(InetAddress client) {
        SourceAddress network = prefixes.of(client);
        List<SourceAddress> sources = new ArrayList<>(List.of(network));
        boolean split = shares != null;
        for (int port = 0; split && port < 65_536; port += SourceAddress.PORTS_IN_BLOCK) {
            sources.add(network.at(port));
        }
        return sources;
    }

    /** To be asked under the lock, about the numbers of now. */
    private IntPredicate vacant() {
        long now = ticker.nanos();
        long quarantine = policy.timeouts().idle().toNanos();
        vacancies.update(bindings, now);
        return number -> vacancies.isVacant(number, now, quarantine);
    }
}
