package io.mooring.balancer.session;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.time.FakeTicker;
import io.mooring.balancer.time.FakeWallClock;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.token.TokenCodec;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.balancer.upstream.Upstream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A gateway with one upstream, whose clocks stand still. */
final class TestGateway {

    static final Duration IDLE = Duration.ofSeconds(1_000);
    static final Duration ABSOLUTE = Duration.ofHours(1);
    static final SigningKey KEY = new SigningKey("k1", new byte[32]);
    static final SigningKey OTHER_KEY = new SigningKey("k2", new byte[32]);

    final FakeTicker ticker = new FakeTicker();
    final FakeWallClock wallClock = new FakeWallClock();
    final Upstream upstream;
    final SessionContext context;

    TestGateway(String backends) {
        this(backends, KEY);
    }

    TestGateway(String backends, SigningKey... keys) {
        this(backends, StatePolicy.DEFAULT, ShareObserver.none(), keys);
    }

    TestGateway(String backends, ShareObserver shares) {
        this(backends, StatePolicy.DEFAULT, shares, KEY);
    }

    TestGateway(String backends, StatePolicy states, SigningKey... keys) {
        this(backends, states, ShareObserver.none(), keys);
    }

    private TestGateway(String backends, StatePolicy states, ShareObserver shares, SigningKey... keys) {
        this.upstream = new Upstream("shop", Members.backends(backends), states, ticker, wallClock);
        this.context = new SessionContext(
                new KeyRing(List.of(keys)), ticker, wallClock, new Random(20_260_303), shares, id -> Revocations.NONE);
    }

    Scope scope(Policy policy) {
        return scope(new ScopeId(ScopeId.Kind.UPSTREAM, "shop"), policy);
    }

    Scope scope(ScopeId id, Policy policy) {
        return new Scope(id, upstream, policy, context);
    }

    void advance(Duration duration) {
        ticker.advance(duration);
        wallClock.advance(duration);
        upstream.advance();
    }

    void remove(String backendId) {
        upstream.replaceBackends(upstream.snapshot().members().stream()
                .map(member -> member.backend())
                .filter(backend -> !backend.id().equals(backendId))
                .toList());
    }

    /** The sum of what the backends count as active. */
    int active() {
        return upstream.snapshot().members().stream()
                .mapToInt(member -> member.activity().active())
                .sum();
    }

    static TokenCodec codec(SigningKey... keys) {
        return new TokenCodec("upstream/shop", new KeyRing(List.of(keys)));
    }

    static Policy cookie() {
        return cookie(null, false);
    }

    static Policy cookie(@Nullable Duration absolute, boolean strict) {
        return new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.Cookie(new SessionTimeouts(IDLE, absolute), strict, CookieAttributes.named("s")));
    }

    static Policy source() {
        return source(null, false);
    }

    static Policy source(@Nullable Duration absolute, boolean strict) {
        return source(absolute, strict, 1_000);
    }

    static Policy source(@Nullable Duration absolute, boolean strict, int maxEntries) {
        return new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.SourceIp(
                        new SessionTimeouts(IDLE, absolute), strict, SourcePrefixes.DEFAULT, maxEntries));
    }

    static Policy none(Balancing balancing) {
        return new Policy(balancing, new Persistence.None());
    }

    static InetAddress client(int number) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
