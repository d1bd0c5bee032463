package io.mooring.balancer.session;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.selection.Rotation;
import io.mooring.balancer.selection.Selector;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An upstream under one policy: the place where sessions live and decisions are made.
 *
 * <p>Safe for concurrent use. {@link #decide} reads one volatile reference, does not wait for
 * other threads' work, and may be called on an event loop; the rest is for other threads. What is
 * derived from the upstream's members is rebuilt by the thread that changes them.
 */
public final class Scope implements AutoCloseable {

    /** The port of a client that has none, or that shares it with others. */
    public static final int NO_PORT = 0;

    /** How many candidates are explained at most. */
    private static final int EXPLAINED_CANDIDATES = 16;

    private final ScopeId id;
    private final Upstream upstream;
    private final SessionContext gateway;
    private final Rotation rotation;
    private final OutcomeCounters outcomes = new OutcomeCounters();
    private final Consumer<UpstreamSnapshot> observer = this::rebuild;
    private Rule rule;
    private volatile @Nullable Regime regime;

    /**
     * A scope that follows the upstream's changes until it is closed.
     *
     * @param gateway what scopes need of the gateway
     */
    public Scope(ScopeId id, Upstream upstream, Policy policy, SessionContext gateway) {
        this.id = id;
        this.upstream = upstream;
        this.gateway = gateway;
        this.rotation = new Rotation(gateway.random().nextLong());
        this.rule = new Rule(policy, gateway.sessions(id, policy));
        upstream.observe(observer);
    }

    /** Where the policy is declared. */
    public ScopeId id() {
        return id;
    }

    /** Whose backends it chooses from. */
    public Upstream upstream() {
        return upstream;
    }

    /** The policy. */
    public Policy policy() {
        return regime().rule.policy;
    }

    /**
     * Goes on by another policy. Each decision is made wholly by the one or the other, and those already made stay
     * good.
     *
     * <p>Sessions that clients carry, or that are remembered by the same prefixes of their addresses, go on if the
     * policy keeps clients in the same way as before; by their new timeouts.
     */
    public synchronized void become(Policy next) {
        if (!next.equals(policy())) {
            upstream.ignore(observer);
            rule = new Rule(next, gateway.sessions(id, next, rule.sessions));
            upstream.observe(observer);
        }
    }

    /**
     * Decides for one request, connection or flow.
     *
     * <p>The caller owns the decision, and must {@linkplain Decision#close close} it when what was
     * decided for is over, however it ended.
     *
     * @param client the client's address, or null if it has none
     * @param tokens the values of the session cookies that came, in their order; without a cookie policy they are
     *     ignored
     */
    public Decision decide(@Nullable InetAddress client, List<String> tokens) {
        return decide(client, NO_PORT, tokens);
    }

    /**
     * Decides as {@link #decide(InetAddress, List)} does, for a client whose port tells of whom it is one, if its
     * address is too large a share of the scope to be one client.
     *
     * @param port the port that the client came from, or {@link #NO_PORT}
     */
    public Decision decide(@Nullable InetAddress client, int port, List<String> tokens) {
        Regime now = regime();
        return now.rule.sessions.decide(this, now.selection, client, port, tokens);
    }

    /**
     * What it would do with a client that came now, as {@link #decide(InetAddress, int, List)} takes it. Changes
     * nothing: no session, no turn, no figure. Not for event loops.
     */
    public Explanation explain(@Nullable InetAddress client, int port, List<String> tokens) {
        Regime now = regime();
        Policy policy = now.rule.policy;
        Prospect prospect = now.rule.sessions.foresee(client, port, tokens);
        Member bound = prospect.bound();
        boolean lost = prospect.outcome() == Outcome.MOVED || prospect.outcome() == Outcome.DIVERTED;
        boolean strict = policy.persistence().strict();
        List<Member> candidates = new ArrayList<>();
        if (bound != null && prospect.outcome() == Outcome.KEPT) {
            candidates.add(bound);
        }
        if (!strict || (candidates.isEmpty() && !lost)) {
            Selector selector = Selector.of(policy.balancing(), now.selection.snapshot(), rotation.copy());
            long ticket = prospect.outcome() == Outcome.DIVERTED
                    ? prospect.sessionHash() & Long.MAX_VALUE
                    : selector.ticket(prospect.clientHash());
            Member next = selector.candidate(ticket, candidates);
            while (next != null && candidates.size() < EXPLAINED_CANDIDATES) {
                candidates.add(next);
                next = selector.candidate(ticket, candidates);
            }
        }
        return new Explanation(prospect.outcome(), Optional.ofNullable(bound), candidates, lost && strict);
    }

    /** Whether a cookie's value is a token of this scope, whatever has become of its session. */
    public boolean recognizes(String token) {
        return sessions().recognizes(token);
    }

    /** How often an outcome occurred. */
    public long outcomes(Outcome outcome) {
        return outcomes.of(outcome);
    }

    /** How many sessions are live; empty where the clients carry them. */
    public OptionalInt liveSessions() {
        return sessions().live();
    }

    /** How many live sessions are bound to a backend; empty where the clients carry them. */
    public OptionalInt liveSessions(String backendId) {
        return sessions().live(backendId);
    }

    /**
     * How often a client came whose source had more open than its share; empty where
     * {@linkplain SourceShare no share} is declared.
     */
    public OptionalLong exceededShares() {
        return sessions().exceeded();
    }

    /** The sessions that are remembered here; empty where the clients carry them, or have none. */
    public Optional<SessionDirectory> directory() {
        return Optional.ofNullable(sessions().directory());
    }

    /** Ends the session of a client that is known by its address; tells whether it had one. */
    public synchronized boolean revoke(InetAddress client) {
        return sessions().revoke(client);
    }

    /** Ends all sessions that are bound to a backend. */
    public synchronized void revokeBackend(String backendId) {
        sessions().revokeBackend(backendId);
    }

    /** Ends all sessions. */
    public synchronized void revokeAll() {
        sessions().revokeAll();
    }

    /** What was ended of the sessions that clients carry; empty where they carry none. */
    public Optional<Revocations> revocations() {
        return Optional.ofNullable(sessions().revocations());
    }

    /**
     * Ends sessions that clients carry, in place of what was ended before.
     *
     * @throws IllegalStateException where they carry none
     */
    public synchronized void revoke(Revocations revocations) {
        sessions().become(revocations);
    }

    /** Stops following the upstream. Decisions already made stay good. */
    @Override
    public void close() {
        upstream.ignore(observer);
    }

    /** Where a client's hash leads now; null if the scope does not go by it, or no backend takes clients. */
    @Nullable
    Member hashed(long clientHash) {
        Regime now = regime();
        if (now.rule.policy.balancing() != Balancing.IP_HASH) {
            return null;
        }
        Selector selector = now.selection.selector();
        return selector.candidate(selector.ticket(clientHash), List.of());
    }

    void count(Outcome outcome) {
        outcomes.increment(outcome);
    }

    private Sessions sessions() {
        return regime().rule.sessions;
    }

    private Regime regime() {
        Regime now = regime;
        if (now == null) {
            throw new IllegalStateException("the constructor has set it");
        }
        return now;
    }

    /** Called under the upstream's lock, and the rule is not changed while it may be. */
    private void rebuild(UpstreamSnapshot snapshot) {
        Rule now = rule;
        now.sessions.prepare(snapshot);
        regime = new Regime(now, new Selection(snapshot, Selector.of(now.policy.balancing(), snapshot, rotation)));
    }

    /** A policy, and how clients are recognized by it. */
    private record Rule(Policy policy, Sessions sessions) {}

    /** All that a decision is made by. */
    private record Regime(Rule rule, Selection selection) {}
}
