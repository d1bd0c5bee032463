package io.mooring.balancer.session;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.source.SourceTable;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.TokenCodec;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * What all scopes of a gateway share.
 *
 * @param keys sign and verify the cookies
 * @param ticker elapsed time, for what is remembered here
 * @param wallClock the time of day, for what clients carry
 * @param random seeds what clients must not be able to predict
 */
public record SessionContext(KeyRing keys, Ticker ticker, InstantSource wallClock, RandomGenerator random) {

    Sessions sessions(ScopeId id, Policy policy) {
        Persistence persistence = policy.persistence();
        if (policy.balancing() == Balancing.IP_HASH) {
            return new HashedSessions(
                    persistence instanceof Persistence.SourceIp source ? source.prefixes() : SourcePrefixes.DEFAULT);
        }
        if (persistence instanceof Persistence.Cookie cookie) {
            return new CookieSessions(cookie, new TokenCodec(id.toString(), keys), wallClock);
        }
        if (persistence instanceof Persistence.SourceIp source) {
            SourceTable table = new SourceTable(
                    source.maxEntries(),
                    source.timeouts().idle(),
                    source.timeouts().absolute(),
                    random.nextLong());
            return new SourceSessions(source, table, ticker);
        }
        return new NoSessions();
    }
}
