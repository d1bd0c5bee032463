package io.mooring.balancer.session;

import io.mooring.balancer.token.SessionToken;
import io.mooring.balancer.token.TokenCodec;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
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
    private volatile Revocations revocations;

    /** Sessions of which these were ended by an operator. */
    CookieSessions(Persistence.Cookie policy, TokenCodec codec, InstantSource wallClock, Revocations revocations) {
        this.codec = codec;
        this.wallClock = wallClock;
        this.revocations = revocations;
        this.idleMillis = policy.timeouts().idle().toMillis();
        Duration absolute = policy.timeouts().absolute();
        this.absoluteMillis =
                absolute == null || absolute.compareTo(FOREVER) > 0 ? Long.MAX_VALUE : absolute.toMillis();
        this.tags = BackendTags.of(List.of(), codec);
    }

    /** The sessions of these, by another policy. */
    CookieSessions by(Persistence.Cookie policy) {
        return new CookieSessions(policy, codec, wallClock, revocations);
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
        Revocations ended = revocations;
        CookieDecision decision = new CookieDecision(scope, selection, codec, known, ended, now);
        if (token == null) {
            decision.balance(tokens.isEmpty() ? Outcome.NEW : Outcome.INVALID);
            return decision;
        }
        Member bound = known.member(token.key(), token.backendTag());
        Outcome outcome = outcome(token, bound, client, ended, now);
        switch (outcome) {
            case KEPT -> {
                decision.carryOn(token, bound);
                decision.keep(Objects.requireNonNull(bound, "a session is kept with its backend"));
            }
            case DIVERTED -> {
                decision.carryOn(token, bound);
                decision.divert();
            }
            case MOVED -> {
                decision.carryOn(token, bound);
                decision.move();
            }
            case OFF, HASHED, NEW, INVALID, IDLE_EXPIRED, MAX_EXPIRED, REVOKED -> decision.balance(outcome);
        }
        return decision;
    }

    @Override
    public boolean recognizes(String token) {
        return codec.verify(token) != null;
    }

    @Override
    public Prospect foresee(@Nullable InetAddress client, int port, List<String> tokens) {
        long now = wallClock.millis();
        SessionToken token = firstValid(tokens, now);
        if (token == null) {
            return Prospect.balanced(tokens.isEmpty() ? Outcome.NEW : Outcome.INVALID, 0);
        }
        Member bound = tags.member(token.key(), token.backendTag());
        Outcome outcome = outcome(token, bound, client, revocations, now);
        return new Prospect(outcome, bound, 0, CookieDecision.sessionHash(token.beganMillis()));
    }

    @Override
    public synchronized void revokeBackend(String backendId) {
        revocations = revocations.afterEnded(backendId);
    }

    @Override
    public synchronized void revokeAll() {
        revocations = revocations.afterAllEnded();
    }

    @Override
    public Revocations revocations() {
        return revocations;
    }

    @Override
    public synchronized void become(Revocations next) {
        revocations = next;
    }

    /** What becomes of a session whose token is valid; one whose backend is gone can only have ended with its scope. */
    private Outcome outcome(
            SessionToken token, @Nullable Member bound, @Nullable InetAddress client, Revocations ended, long now) {
        if (now - token.beganMillis() >= absoluteMillis) {
            return Outcome.MAX_EXPIRED;
        }
        if (now - token.lastSeenMillis() >= idleMillis) {
            return Outcome.IDLE_EXPIRED;
        }
        boolean current = bound == null ? ended.isOfScope(token.epoch()) : token.epoch() == ended.of(bound.id());
        if (!current || ended.isEnded(client, token.beganMillis())) {
            return Outcome.REVOKED;
        }
        return Prospect.ofSession(bound);
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
