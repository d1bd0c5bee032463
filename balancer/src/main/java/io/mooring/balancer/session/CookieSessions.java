package io.mooring.balancer.session;

import io.mooring.balancer.token.SessionToken;
import io.mooring.balancer.token.TokenCodec;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes clients by the token in their cookie. The gateway remembers nothing of them, so any
 * gateway with the same keys decides the same.
 *
 * <p>Of several tokens the first valid one counts. A token that says it was used up to
 * {@link #CLOCK_SKEW} in the future is taken as used now: gateways' clocks differ, and a clock may
 * be set back. One from farther in the future is not valid.
 */
final class CookieSessions implements Sessions {

    /** How far in the future a token's times may lie. */
    static final Duration CLOCK_SKEW = Duration.ofHours(24);

    private static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

    private final TokenCodec codec;
    private final InstantSource wallClock;
    private final long idleMillis;
    private final long absoluteMillis;
    private volatile BackendTags tags;
    private volatile Epochs epochs = Epochs.FIRST;

    /** Sessions of which none was ended by an operator. */
    CookieSessions(Persistence.Cookie policy, TokenCodec codec, InstantSource wallClock) {
        this.codec = codec;
        this.wallClock = wallClock;
        this.idleMillis = policy.timeouts().idle().toMillis();
        Duration absolute = policy.timeouts().absolute();
        this.absoluteMillis =
                absolute == null || absolute.compareTo(FOREVER) > 0 ? Long.MAX_VALUE : absolute.toMillis();
        this.tags = BackendTags.of(List.of(), codec);
    }

    /** The sessions of these, by another policy. */
    CookieSessions by(Persistence.Cookie policy) {
        CookieSessions next = new CookieSessions(policy, codec, wallClock);
        next.epochs = epochs;
        return next;
    }

    @Override
    public void prepare(UpstreamSnapshot snapshot) {
        tags = BackendTags.of(snapshot.members(), codec);
    }

    @Override
    public Decision decide(
            Scope scope, Selection selection, @Nullable InetAddress client, int port, List<String> tokens) {
        long now = wallClock.millis();
        SessionToken token = firstValid(tokens, now);
        BackendTags known = tags;
        CookieDecision decision = new CookieDecision(scope, selection, codec, known, epochs, now);
        if (token == null) {
            decision.balance(tokens.isEmpty() ? Outcome.NEW : Outcome.INVALID);
        } else if (now - token.beganMillis() >= absoluteMillis) {
            decision.balance(Outcome.MAX_EXPIRED);
        } else if (now - token.lastSeenMillis() >= idleMillis) {
            decision.balance(Outcome.IDLE_EXPIRED);
        } else {
            resume(decision, token, known);
        }
        return decision;
    }

    @Override
    public synchronized void revokeBackend(String backendId) {
        epochs = epochs.afterEnded(backendId);
    }

    @Override
    public synchronized void revokeAll() {
        epochs = epochs.afterAllEnded();
    }

    private void resume(CookieDecision decision, SessionToken token, BackendTags known) {
        Member bound = known.member(token.key(), token.backendTag());
        if (decision.isRevoked(token, bound)) {
            decision.balance(Outcome.REVOKED);
            return;
        }
        decision.carryOn(token, bound);
        if (bound == null) {
            decision.move();
        } else if (bound.servesBound()) {
            decision.keep(bound);
        } else if (bound.awaited()) {
            decision.divert();
        } else {
            decision.move();
        }
    }

    private @Nullable SessionToken firstValid(List<String> tokens, long now) {
        long latest = now + CLOCK_SKEW.toMillis();
        for (int i = 0; i < tokens.size(); i++) {
            SessionToken token = codec.verify(tokens.get(i));
            if (token != null && token.lastSeenMillis() <= latest && token.beganMillis() <= latest) {
                return token;
            }
        }
        return null;
    }
}
