package io.mooring.l4;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import io.netty.util.concurrent.EventExecutor;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sees to it that what a listener has open goes to other backends when its {@link RescheduleSpec} says so: follows the
 * upstreams that it leads to, and tells the {@link Rescheduler} of each event loop.
 *
 * <p>Safe for concurrent use.
 */
final class Rescheduling implements AutoCloseable {

    private final Ticker ticker;
    private final Map<EventExecutor, Rescheduler> byLoop = new LinkedHashMap<>();
    private final Map<RescheduleReason, LongAdder> counters = new EnumMap<>(RescheduleReason.class);
    private final Map<String, Watch> watches = new HashMap<>();
    private RescheduleSpec spec = RescheduleSpec.NEVER;
    private boolean closed;

    /**
     * Of a listener that reschedules nothing.
     *
     * @param relays all that the listener has on a loop, to be asked for and gone through there
     */
    Rescheduling(
            Ticker ticker,
            Iterable<? extends EventExecutor> loops,
            Function<EventExecutor, Iterator<? extends Relay>> relays) {
        this.ticker = ticker;
        for (RescheduleReason reason : RescheduleReason.values()) {
            counters.put(reason, new LongAdder());
        }
        for (EventExecutor loop : loops) {
            byLoop.put(
                    loop,
                    new Rescheduler(
                            loop,
                            byLoop.size(),
                            ticker,
                            () -> relays.apply(loop),
                            reason -> counter(reason).increment()));
        }
    }

    /** How many were broken off for a reason. */
    long count(RescheduleReason reason) {
        return counter(reason).sum();
    }

    /** What serves a loop; to be called there. */
    Rescheduler on(EventExecutor loop) {
        return Objects.requireNonNull(byLoop.get(loop), "a loop of the listener");
    }

    /** Goes by this from now on. To be called before clients are led so. */
    synchronized void become(RescheduleSpec next, Destinations destinations) {
        if (closed) {
            return;
        }
        boolean anew = !next.equals(spec);
        if (anew) {
            spec = next;
            watches.values().forEach(Watch::end);
            watches.clear();
            tell(loop -> loop.become(next));
        }
        Map<String, Upstream> wanted = new HashMap<>();
        if (!next.when().isEmpty()) {
            destinations.upstreams().forEach(upstream -> wanted.put(upstream.name(), upstream));
        }
        watches.values().removeIf(watch -> isOutdated(watch, wanted));
        wanted.forEach((name, upstream) -> watches.computeIfAbsent(name, known -> new Watch(upstream)));
        if (anew) {
            tell(Rescheduler::lookAround);
        }
    }

    /** Leaves what is open where it is. */
    @Override
    public synchronized void close() {
        closed = true;
        watches.values().forEach(Watch::end);
        watches.clear();
        tell(loop -> loop.become(RescheduleSpec.NEVER));
    }

    /** An upstream of the same name may be another one. */
    @SuppressWarnings("ReferenceEquality") // it is the object that is followed
    private boolean isOutdated(Watch watch, Map<String, Upstream> wanted) {
        Upstream next = wanted.get(watch.upstream.name());
        if (next == watch.upstream) {
            return false;
        }
        watch.end();
        if (next == null) {
            long now = ticker.nanos();
            tell(loop -> loop.unbound(watch.upstream.name(), now));
        }
        return true;
    }

    private LongAdder counter(RescheduleReason reason) {
        return Objects.requireNonNull(counters.get(reason), "every reason has a counter");
    }

    /** A loop that has been shut down has nothing open. */
    private void tell(Consumer<Rescheduler> what) {
        byLoop.forEach((loop, rescheduler) -> {
            try {
                loop.execute(() -> what.accept(rescheduler));
            } catch (RejectedExecutionException e) {
                assert loop.isShuttingDown() : e;
            }
        });
    }

    /** Follows the members of one upstream. */
    private final class Watch {
        private final Upstream upstream;
        private final Consumer<UpstreamSnapshot> observer = this::observed;

        Watch(Upstream upstream) {
            this.upstream = upstream;
            upstream.observe(observer);
        }

        void end() {
            upstream.ignore(observer);
        }

        private void observed(UpstreamSnapshot snapshot) {
            long now = ticker.nanos();
            tell(loop -> loop.observed(snapshot, now));
        }
    }
}
