package io.mooring.balancer.session;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.TokenCodec;
import java.time.InstantSource;
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
 */
public record SessionContext(
        KeyRing keys, Ticker ticker, InstantSource wallClock, RandomGenerator random, ShareObserver shares) {

    /** Of a gateway that nobody tells of sources that are too large. */
    public SessionContext(KeyRing keys, Ticker ticker, InstantSource wallClock, RandomGenerator random) {
        this(keys, ticker, wallClock, random, ShareObserver.none());
    }

    Sessions sessions(ScopeId id, Policy policy) {
        Persistence persistence = policy.persistence();
        if (policy.balancing() == Balancing.IP_HASH) {
            return persistence instanceof Persistence.SourceIp source
                    ? new HashedSessions(source.prefixes(), shares(id, source))
                    : new HashedSessions(SourcePrefixes.DEFAULT, null);
        }
        if (persistence instanceof Persistence.Cookie cookie) {
            return new CookieSessions(cookie, new TokenCodec(id.toString(), keys), wallClock);
        }
        if (persistence instanceof Persistence.SourceIp source) {
            return new SourceSessions(id, source, shares(id, source), this);
        }
        return new NoSessions();
    }

    private @Nullable SourceShares shares(ScopeId id, Persistence.SourceIp source) {
        SourceShare share = source.share();
        return share == null ? null : new SourceShares(id, share, source.prefixes(), this);
    }
}
