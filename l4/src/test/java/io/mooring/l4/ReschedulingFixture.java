package io.mooring.l4;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.l4.tls.ServerNames;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Two event loops whose time passes when told to, and what lives on them: real decisions, but no sockets. */
abstract class ReschedulingFixture {

    static final Policy OFF = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
    static final Policy HASHED = new Policy(Balancing.IP_HASH, new Persistence.None());
    static final Duration STEP = Duration.ofMillis(1);
    static final Duration STRIDE = Duration.ofMillis(10);

    final FakeTicker ticker = new FakeTicker();
    final Upstream upstream = new Upstream("up", backends("a b c"), InstantSource.system());
    final List<Loop> loops = List.of(new Loop(), new Loop());
    final Rescheduling rescheduling = new Rescheduling(
            ticker,
            loops.stream().map(loop -> loop.channel.eventLoop()).toList(),
            executor -> loops.stream()
                    .filter(loop -> loop.channel.eventLoop().equals(executor))
                    .findFirst()
                    .orElseThrow()
                    .relays());
    final SessionContext context = new SessionContext(
            new KeyRing(List.of(new SigningKey("k", new byte[16]))), ticker, InstantSource.system(), new Random(1));
    final List<FakeRelay> relays = new ArrayList<>();
    Scope scope = scope(OFF);

    @AfterEach
    void close() {
        rescheduling.close();
        loops.forEach(loop -> loop.channel.finishAndReleaseAll());
    }

    void reschedule(RescheduleSpec spec) {
        rescheduling.become(spec, to(scope));
        run();
    }

    static RescheduleSpec when(RescheduleReason reason, Duration delay, Duration window) {
        return new RescheduleSpec(Set.of(reason), delay, window);
    }

    static Destinations to(Scope scope) {
        return new Destinations(
                new Destination(scope, null), new ServerNames<>(Map.of(), ServerNames.Wildcards.ANY_DEPTH));
    }

    Scope scope(Policy policy) {
        return new Scope(new ScopeId(ScopeId.Kind.UPSTREAM, "up"), upstream, policy, context);
    }

    void open(int count) {
        for (int i = 0; i < count; i++) {
            relay(1_000 + i);
        }
    }

    FakeRelay relay(int client) {
        FakeRelay relay = new FakeRelay(loops.get(relays.size() % loops.size()), client);
        relays.add(relay);
        relay.loop.relays.add(relay);
        relay.loop.rescheduler().arrived(relay);
        return relay;
    }

    Decision next(int client) {
        return scope.decide(address(client), List.of());
    }

    List<FakeRelay> broken() {
        return relays.stream().filter(relay -> relay.broken).toList();
    }

    static List<FakeRelay> on(List<FakeRelay> some, @Nullable String backend) {
        Predicate<FakeRelay> there = relay -> relay.backend.equals(backend);
        return some.stream().filter(there).toList();
    }

    void pass(Duration time) {
        for (Duration left = time; !left.isZero(); ) {
            Duration step = left.compareTo(STRIDE) < 0 ? STEP : STRIDE;
            run();
            ticker.advance(step);
            loops.forEach(loop -> loop.channel.advanceTimeBy(step.toNanos(), TimeUnit.NANOSECONDS));
            run();
            left = left.minus(step);
        }
    }

    void run() {
        loops.forEach(loop -> loop.channel.runPendingTasks());
    }

    /** Written as ids, each with its weight if it is not ten. */
    static List<Backend> backends(String text) {
        return Arrays.stream(text.split(" ", -1))
                .map(word -> word.split(":", -1))
                .map(parts -> new Backend(parts[0], "127.0.0.1", 1, parts.length > 1 ? Integer.parseInt(parts[1]) : 10))
                .toList();
    }

    static InetAddress address(int client) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, (byte) (client >> 8), (byte) client});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** An event loop and what lives on it. */
    final class Loop {
        final EmbeddedChannel channel = new EmbeddedChannel();
        final List<FakeRelay> relays = new ArrayList<>();

        Loop() {
            channel.freezeTime();
        }

        Iterator<FakeRelay> relays() {
            return List.copyOf(relays).iterator();
        }

        Rescheduler rescheduler() {
            return rescheduling.on(channel.eventLoop());
        }
    }

    /** Has no socket. */
    final class FakeRelay implements Relay {
        final Loop loop;
        final int client;
        final Decision decision;
        final String backend;
        final long began = ticker.nanos();
        boolean over;
        boolean broken;

        FakeRelay(Loop loop, int client) {
            this.loop = loop;
            this.client = client;
            this.decision = scope.decide(address(client), List.of());
            this.backend = Objects.requireNonNull(decision.member()).id();
        }

        @Override
        public @Nullable Decision serving() {
            return over ? null : decision;
        }

        @Override
        public long began() {
            return began;
        }

        @Override
        public void reschedule() {
            broken = true;
            end();
        }

        void end() {
            if (!over) {
                over = true;
                decision.close();
                loop.relays.remove(this);
                loop.rescheduler().left(this);
            }
        }
    }
}
