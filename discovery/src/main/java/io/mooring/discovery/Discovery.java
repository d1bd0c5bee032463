package io.mooring.discovery;

import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.DiscoverySpec;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Knows which members were found for the upstreams of a fleet, and asks for them from {@link #start} until it is
 * closed.
 *
 * <p>Safe for concurrent use. It changes no fleet: who does asks it {@linkplain #complete what to add}. It has a thread
 * only once an upstream has members to be found, and closing it waits for nothing.
 */
public final class Discovery implements AutoCloseable {

    private final Fleet fleet;
    private final MemberSources sources;
    private final Supplier<Scheduler> threads;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Map<String, MemberWatch> watches = new ConcurrentHashMap<>();
    private @Nullable Scheduler thread;
    private @Nullable Runnable found;
    private boolean closed;

    /**
     * A discovery that asks nobody yet.
     *
     * @param fleet may change; what it declares anew is heeded
     * @param sources makes what is asked; is closed with this
     * @param threads makes a scheduler of one thread, which may block; is called at most once, and what it made is
     *     disposed of when this is closed
     * @param random spreads the moments of questions
     */
    public Discovery(
            Fleet fleet, MemberSources sources, Supplier<Scheduler> threads, Ticker ticker, RandomGenerator random) {
        this.fleet = fleet;
        this.sources = sources;
        this.threads = threads;
        this.ticker = ticker;
        this.random = random;
        fleet.follow(this::update);
    }

    /**
     * Begins. To be called once.
     *
     * @param changed called when members may have to be added to the fleet, or taken from it, on the thread that is
     *     kept for this; never twice at a time
     */
    public synchronized void start(Runnable changed) {
        found = changed;
        update();
    }

    /**
     * Waits until each upstream has been answered for the first time, or has not: no longer than the longest timeout
     * that is declared, and not at all if no member is to be found.
     */
    public void awaitFirstAnswers() throws InterruptedException {
        long begun = ticker.nanos();
        for (MemberWatch watch : watches.values()) {
            Duration passed = Duration.ofNanos(ticker.nanos() - begun);
            watch.awaitAttempt(watch.spec().timeout().plusSeconds(1).minus(passed));
        }
    }

    /** The topology with the members that were found, of one that was configured. */
    public Topology complete(Topology configured) {
        return configured.withFound(upstream -> {
            MemberWatch watch = watches.get(upstream);
            return watch == null ? List.<Backend>of() : watch.members();
        });
    }

    /** Has registries asked at once, since one of them has changed. */
    public void askRegistries() {
        watches.values().stream()
                .filter(watch -> watch.spec().source() instanceof DiscoverySpec.Source.Registry)
                .forEach(MemberWatch::askSoon);
    }

    /**
     * How long ago there was an answer for an upstream, or, if there was none yet, since when it is asked for. Empty if
     * its members are not to be found.
     */
    public Optional<Duration> age(String upstream) {
        return Optional.ofNullable(watches.get(upstream)).map(MemberWatch::age);
    }

    /** How often a question for an upstream's members ended so. */
    public long answers(String upstream, AnswerKind kind) {
        MemberWatch watch = watches.get(upstream);
        return watch == null ? 0 : watch.answers(kind);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        watches.values().forEach(MemberWatch::close);
        Scheduler last = thread;
        if (last != null) {
            last.schedule(last::dispose);
        }
        sources.close();
    }

    private synchronized void update() {
        Runnable changed = found;
        if (changed == null || closed) {
            return;
        }
        Map<String, DiscoverySpec> declared = new HashMap<>();
        for (UpstreamSpec upstream : fleet.topology().upstreams()) {
            upstream.discovery().ifPresent(how -> declared.put(upstream.name(), how));
        }
        watches.entrySet().removeIf(watch -> {
            boolean gone = !declared.containsKey(watch.getKey());
            if (gone) {
                watch.getValue().close();
            }
            return gone;
        });
        declared.forEach((upstream, how) -> {
            MemberWatch watch = watches.get(upstream);
            if (watch == null) {
                MemberWatch begun = new MemberWatch(upstream, how, sources::of, thread(), ticker, random, changed);
                watches.put(upstream, begun);
                begun.start();
            } else if (!watch.spec().equals(how)) {
                watch.become(how);
            }
        });
    }

    private Scheduler thread() {
        Scheduler made = thread;
        if (made == null) {
            made = threads.get();
            thread = made;
        }
        return made;
    }
}
