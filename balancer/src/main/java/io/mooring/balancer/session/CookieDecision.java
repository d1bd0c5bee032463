package io.mooring.balancer.session;

import io.mooring.balancer.token.SessionToken;
import io.mooring.balancer.token.TokenCodec;
import io.mooring.balancer.upstream.Member;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A decision that the client will carry home in its cookie. */
final class CookieDecision extends Decision {

    /** How old the last use in a cookie must be for the cookie to be set again. */
    private static final long REFRESH_MILLIS = 1_000;

    /** The golden ratio's fraction in 64 bits: spreads moments that lie close together. */
    private static final long HASH_MULTIPLIER = 0x9e3779b97f4a7c15L;

    private final TokenCodec codec;
    private final BackendTags tags;
    private final Revocations revocations;
    private final long now;
    private @Nullable Member own;
    private long beganMillis;
    private long lastSeenMillis;

    CookieDecision(
            Scope scope, Selection selection, TokenCodec codec, BackendTags tags, Revocations revocations, long now) {
        super(scope, selection, 0);
        this.codec = codec;
        this.tags = tags;
        this.revocations = revocations;
        this.now = now;
        this.beganMillis = now;
        this.lastSeenMillis = now;
    }

    @Override
    public CookieAction cookieAction() {
        if (member() == null) {
            return CookieAction.NONE;
        }
        return switch (outcome()) {
            case OFF, HASHED -> CookieAction.NONE;
            case NEW -> CookieAction.INSERTED;
            case KEPT, DIVERTED -> now - lastSeenMillis >= REFRESH_MILLIS ? CookieAction.REFRESHED : CookieAction.NONE;
            case IDLE_EXPIRED, MAX_EXPIRED, INVALID, MOVED, REVOKED -> CookieAction.REPLACED;
        };
    }

    @Override
    public String cookieValue() {
        if (cookieAction() == CookieAction.NONE) {
            return super.cookieValue();
        }
        Member bound =
                Objects.requireNonNull(outcome() == Outcome.DIVERTED ? own : member(), "an action needs a member");
        return codec.write(tags.tagOf(bound), beganMillis, Math.max(now, lastSeenMillis), revocations.of(bound.id()));
    }

    @Override
    public @Nullable Duration cookieMaxAge() {
        if (scope().policy().persistence() instanceof Persistence.Cookie policy
                && policy.cookie().lifetime() == CookieAttributes.Lifetime.PERMANENT
                && policy.timeouts().absolute() != null) {
            return policy.timeouts().absolute().minusMillis(Math.max(0, now - beganMillis));
        }
        return null;
    }

    /** Goes on with the session of the token, bound to this member if it is not gone, instead of beginning one. */
    void carryOn(SessionToken token, @Nullable Member bound) {
        own = bound;
        beganMillis = token.beganMillis();
        lastSeenMillis = token.lastSeenMillis();
    }

    @Override
    Member bindAnew(Member next) {
        return next;
    }

    @Override
    long sessionHash() {
        return sessionHash(beganMillis);
    }

    @Override
    void end() {}

    /** The {@link #sessionHash()} of a session that began then. */
    static long sessionHash(long beganMillis) {
        return (beganMillis * HASH_MULTIPLIER) >>> 16;
    }
}
