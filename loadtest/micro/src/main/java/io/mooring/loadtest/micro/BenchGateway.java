package io.mooring.loadtest.micro;

import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.Upstream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What the benches are run against: an upstream of some members, weights 10 to 19, and its scopes. */
final class BenchGateway {

    static final KeyRing KEYS =
            new KeyRing(List.of(new SigningKey("k1", "a secret for benches".getBytes(StandardCharsets.UTF_8))));

    private BenchGateway() {}

    static Upstream upstream(int members) {
        return new Upstream(
                "shop",
                IntStream.range(0, members)
                        .mapToObj(i -> new Backend("shop-" + i, "127.0.0.1", 9_000 + i, 10 + i % 10))
                        .toList(),
                InstantSource.system());
    }

    /** A scope whose wall clock stands still, so that no cookie is refreshed. */
    static Scope scope(Policy policy) {
        Instant start = Instant.parse("2026-03-01T12:00:00Z");
        InstantSource still = InstantSource.fixed(start);
        SessionContext context = new SessionContext(KEYS, Ticker.system(), still, new Random(42));
        return new Scope(new ScopeId(ScopeId.Kind.UPSTREAM, "shop"), upstream(3), policy, context);
    }
}
