package io.mooring.balancer.session;

import io.mooring.balancer.selection.Selector;
import io.mooring.balancer.upstream.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What was decided for one request, connection or flow: the backend, the outcome, and what the
 * client is to remember.
 *
 * <p>Its life: made by {@link Scope#decide}; {@link #failover} as often as the chosen backend could
 * not be reached, or {@link #giveWay} if it had no room; {@link #settle} when it was; {@link #close} when all is over.
 * While it is open its backend counts it as active, and a session known by its source is held.
 *
 * <p>Used by one thread at a time, except that any may call {@link #close} at any moment, as one
 * does that learns of the client's departure while another looks for a backend, and more than once.
 */
public abstract sealed class Decision implements AutoCloseable permits UnboundDecision, CookieDecision, SourceDecision {

    private static final long NO_TICKET = -1;

    private final Scope scope;
    private final Selection selection;
    private final long clientHash;
    private long ticket = NO_TICKET;
    private Outcome outcome = Outcome.OFF;
    private @Nullable Member member;
    private List<Member> tried = List.of();
    private boolean settled;
    private boolean refused;
    private boolean closed;

    Decision(Scope scope, Selection selection, long clientHash) {
        this.scope = scope;
        this.selection = selection;
        this.clientHash = clientHash;
    }

    /** Where it was made. */
    public final Scope scope() {
        return scope;
    }

    /**
     * What became of persistence. Another backend may still make {@code kept} into {@code moved} or {@code diverted}.
     */
    public final Outcome outcome() {
        return outcome;
    }

    /** The backend to use, or null when there is none: then the client is to be told so. */
    public final @Nullable Member member() {
        return member;
    }

    /** Whether there is no backend because the client's own cannot serve it and the policy is strict. */
    public final boolean isRefused() {
        return refused;
    }

    /** What the response is to do to the session cookie. */
    public CookieAction cookieAction() {
        return CookieAction.NONE;
    }

    /**
     * The value of the session cookie to set.
     *
     * @throws IllegalStateException when {@link #cookieAction} is {@link CookieAction#NONE}
     */
    public String cookieValue() {
        throw new IllegalStateException("there is no cookie to set");
    }

    /** For how long the session cookie is to be kept by the client, or null for as long as it runs. */
    public @Nullable Duration cookieMaxAge() {
        return null;
    }

    /**
     * Gives up on the backend, which could not be reached, and chooses the next.
     *
     * @return the backend to try, or null when none is left, the policy is strict, or the decision
     *     was closed
     * @throws IllegalStateException after {@link #settle}
     */
    public final synchronized @Nullable Member failover() {
        Member failed = pass();
        if (failed == null) {
            return null;
        }
        unassign();
        if (outcome == Outcome.KEPT) {
            outcome = Outcome.MOVED;
            if (scope.policy().persistence().strict()) {
                refused = true;
                return null;
            }
            if (failed.awaited()) {
                outcome = Outcome.DIVERTED;
                ticket = hostTicket();
            }
        }
        Member next = candidate();
        return next == null ? null : goOn(next);
    }

    /**
     * Passes over the backend, which can serve but has no room at the moment, and chooses the next. A session that it
     * was kept for stays bound to it.
     *
     * @return the backend to try, or null when none is left, the policy is strict, or the decision was closed: then the
     *     choice stays as it is
     * @throws IllegalStateException after {@link #settle}
     */
    public final synchronized @Nullable Member giveWay() {
        boolean kept = outcome == Outcome.KEPT;
        if (pass() == null || (kept && scope.policy().persistence().strict())) {
            return null;
        }
        if (kept) {
            ticket = hostTicket();
        }
        Member next = candidate();
        if (next == null) {
            return null;
        }
        unassign();
        if (kept) {
            outcome = Outcome.DIVERTED;
        }
        return goOn(next);
    }

    /** Says that the backend was reached, or that none could be: the outcome is final and counted. */
    public final synchronized void settle() {
        if (!settled) {
            settled = true;
            scope.count(outcome);
        }
    }

    /**
     * What all that the client's session has open shares, and other sessions hardly ever; empty if it has none that is
     * remembered here.
     */
    public OptionalLong sessionKey() {
        return OptionalLong.empty();
    }

    /**
     * The backend that the client's address leads to now, as far as it is the address alone that decides.
     *
     * @return null if it is not, or leads to none
     */
    public @Nullable Member hashed() {
        return null;
    }

    /**
     * Ends the client's session if it is still bound to the backend in use, so that the client is balanced when it
     * comes again; the outcome is then {@link Outcome#REVOKED}.
     */
    public void endSession() {}

    /** Says that the client sent something more; for flows whose session is not {@linkplain #letGo held}. */
    public void touch() {}

    /** Stops holding the session open: from now on only {@link #touch} keeps it from expiring. */
    public void letGo() {}

    /** Ends the use of the backend. The outcome is counted if it was not yet. */
    @Override
    public final synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        settle();
        Member last = member;
        if (last != null) {
            last.activity().end();
        }
        end();
    }

    /**
     * Binds the session, if there is one, to another backend.
     *
     * @return the backend that it is bound to now: the one given, unless the client has meanwhile
     *     been bound to one that was not tried
     */
    abstract Member bindAnew(Member next);

    /** A hash of the session, by which it has one host as long as it is diverted. */
    abstract long sessionHash();

    /** Lets go of what the decision holds. */
    abstract void end();

    /** Chooses by the balancing; null when no backend takes new clients. */
    final @Nullable Member balance(Outcome because) {
        outcome = because;
        Member chosen = candidate();
        if (chosen != null) {
            assign(chosen);
        }
        return chosen;
    }

    /** Chooses the backend that the session is bound to. */
    final void keep(Member bound) {
        outcome = Outcome.KEPT;
        assign(bound);
    }

    /** Balances a client whose backend cannot serve it, or refuses it if the policy is strict. */
    final @Nullable Member move() {
        if (scope.policy().persistence().strict()) {
            outcome = Outcome.MOVED;
            refused = true;
            return null;
        }
        return balance(Outcome.MOVED);
    }

    /** Sends a client whose backend is down for a moment to another, as long as that lasts the same. */
    final @Nullable Member divert() {
        if (scope.policy().persistence().strict()) {
            return move();
        }
        ticket = hostTicket();
        return balance(Outcome.DIVERTED);
    }

    /** Whether the backend was given up on. */
    final boolean isTried(Member candidate) {
        return Selector.isTried(candidate, tried);
    }

    /** Takes back the choice, without having tried it. */
    final void unassign() {
        Member chosen = member;
        if (chosen != null) {
            chosen.activity().end();
            member = null;
        }
    }

    final long clientHash() {
        return clientHash;
    }

    final Selection selection() {
        return selection;
    }

    /** The backend in use, which is among the tried from now on; null if there is none, or the decision was closed. */
    private @Nullable Member pass() {
        if (closed) {
            return null;
        }
        if (settled) {
            throw new IllegalStateException("the decision is settled");
        }
        Member passed = member;
        if (passed != null) {
            if (tried.isEmpty()) {
                tried = new ArrayList<>(2);
            }
            tried.add(passed);
        }
        return passed;
    }

    private Member goOn(Member next) {
        Member chosen = outcome == Outcome.DIVERTED ? next : bindAnew(next);
        assign(chosen);
        return chosen;
    }

    private long hostTicket() {
        return sessionHash() & Long.MAX_VALUE;
    }

    private void assign(Member chosen) {
        chosen.activity().begin();
        member = chosen;
    }

    private @Nullable Member candidate() {
        if (ticket == NO_TICKET) {
            ticket = selection.selector().ticket(clientHash);
        }
        return tried.isEmpty()
                ? selection.selector().candidate(ticket, tried)
                : selection.next(ticket, tried, scope.upstream().snapshot());
    }
}
