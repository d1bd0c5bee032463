package io.mooring.loadtest.micro;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.source.SourcePrefixes;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A whole decision for a client, from its making to its close. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBench {

    private static final SessionTimeouts TIMEOUTS = new SessionTimeouts(SessionTimeouts.DEFAULT_IDLE, null);
    private static final List<String> NO_TOKENS = List.of();

    private final InetAddress client = InetAddress.getLoopbackAddress();
    private final io.mooring.balancer.session.Scope cookies = BenchGateway.scope(new Policy(
            Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.Cookie(TIMEOUTS, false, CookieAttributes.named("shop"))));
    private final io.mooring.balancer.session.Scope sources = BenchGateway.scope(new Policy(
            Balancing.WEIGHTED_ROUND_ROBIN,
            new Persistence.SourceIp(TIMEOUTS, false, SourcePrefixes.DEFAULT, 1_000_000)));
    private final io.mooring.balancer.session.Scope off =
            BenchGateway.scope(new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None()));
    private final io.mooring.balancer.session.Scope hashed =
            BenchGateway.scope(new Policy(Balancing.IP_HASH, new Persistence.None()));
    private final List<String> token = List.of(cookies.decide(client, NO_TOKENS).cookieValue());

    public DecisionBench() {
        sources.decide(client, NO_TOKENS).close();
    }

    @Benchmark
    public Decision withoutPersistence() {
        return use(off.decide(client, NO_TOKENS), Outcome.OFF);
    }

    @Benchmark
    public Decision byHash() {
        return use(hashed.decide(client, NO_TOKENS), Outcome.HASHED);
    }

    /** The most frequent case of a sticky cookie: valid, and too young to be set again. */
    @Benchmark
    public Decision byKeptCookie() {
        return use(cookies.decide(client, token), Outcome.KEPT);
    }

    @Benchmark
    public String byNewCookie() {
        return use(cookies.decide(client, NO_TOKENS), Outcome.NEW).cookieValue();
    }

    @Benchmark
    public Decision byKeptSource() {
        return use(sources.decide(client, NO_TOKENS), Outcome.KEPT);
    }

    private static Decision use(Decision decision, Outcome expected) {
        if (decision.outcome() != expected) {
            throw new IllegalStateException(decision.outcome() + " (expected: " + expected + ")");
        }
        decision.settle();
        decision.close();
        return decision;
    }
}
