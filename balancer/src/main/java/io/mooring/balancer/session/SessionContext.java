package io.mooring.balancer.session;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.TokenCodec;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all scopes of a gateway share.
 *
 * @param keys sign and verify the cookies
 * @param ticker elapsed time, for what is remembered here
 * @param wallClock the time of day, for what clients carry
 * @param random seeds what clients must not be able to predict
 * @param shares learns of sources that are too large
 * @param revoked what operators have ended of the sessions that a scope's clients carry
 */
public record SessionContext(
        KeyRing keys,
        Ticker ticker,
        InstantSource wallClock,
        RandomGenerator random,
        ShareObserver shares,
        Function<ScopeId, Revocations> revoked) {

    /** Of a gateway in which nothing was ended, and that nobody tells of sources that are too large. */
    public SessionContext(KeyRing keys, Ticker ticker, InstantSource wallClock, RandomGenerator random) {
        this(keys, ticker, wallClock, random, ShareObserver.none(), scope -> Revocations.NONE);
    }

    Sessions sessions(ScopeId id, Policy policy) {
        return sessions(id, policy, null);
    }

    /**
     * How a scope recognizes its clients by this policy.
     *
     * @param before how it did until now; what it knows of sessions goes on, if sessions are known in the same way
     */
    Sessions sessions(ScopeId id, Policy policy, @Nullable Sessions before) {
        Persistence persistence = policy.persistence();
        if (policy.balancing() == Balancing.IP_HASH) {
            return persistence instanceof Persistence.SourceIp source
                    ? new HashedSessions(source.prefixes(), shares(id, source))
                    : new HashedSessions(SourcePrefixes.DEFAULT, null);
        }
        if (persistence instanceof Persistence.Cookie cookie) {
            return before instanceof CookieSessions known
                    ? known.by(cookie)
                    : new CookieSessions(cookie, new TokenCodec(id.toString(), keys), wallClock, revoked.apply(id));
        }
        if (persistence instanceof Persistence.SourceIp source) {
            if (before instanceof SourceSessions known
                    && known.policy().prefixes().equals(source.prefixes())) {
                boolean sameShare = Objects.equals(known.policy().share(), source.share());
                known.become(source, sameShare ? known.shares() : shares(id, source));
                return known;
            }
            return new SourceSessions(id, source, shares(id, source), this);
        }
        return new NoSessions();
    }

    private @Nullable SourceShares shares(ScopeId id, Persistence.SourceIp source) {
        SourceShare share = source.share();
        return share == null ? null : new SourceShares(id, share, source.prefixes(), this);
    }
}
