package io.mooring.l4;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Breaks off the relays of one event loop that are to have other backends, when it is their turn.
 *
 * <p>It never keeps the loop for long: in one go it breaks off {@value #BREAKS_IN_ONE_GO} relays and looks at
 * {@value #LOOKS_IN_ONE_GO}, and goes on a millisecond later.
 *
 * <p>Confined to the event loop. While its listener reschedules nothing, it costs those that call it a look at an empty
 * map.
 */
final class Rescheduler {

    static final int BREAKS_IN_ONE_GO = 64;
    static final int LOOKS_IN_ONE_GO = 1_024;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventExecutor loop;
    private final int number;
    private final Ticker ticker;
    private final Supplier<Iterator<? extends Relay>> relays;
    private final Consumer<RescheduleReason> counter;
    private final Map<String, UpstreamSweeps> upstreams = new HashMap<>();
    private RescheduleSpec spec = RescheduleSpec.NEVER;
    private @Nullable Iterator<? extends Relay> looking;
    private @Nullable Future<?> timer;
    private boolean lookAround;

    /**
     * One that does nothing yet.
     *
     * @param number which of the listener's loops it is
     * @param relays all that the loop has; those that come meanwhile may be among them or not, and they may end
     *     meanwhile
     * @param counter is told of each that is broken off
     */
    Rescheduler(
            EventExecutor loop,
            int number,
            Ticker ticker,
            Supplier<Iterator<? extends Relay>> relays,
            Consumer<RescheduleReason> counter) {
        this.loop = loop;
        this.number = number;
        this.ticker = ticker;
        this.relays = relays;
        this.counter = counter;
    }

    /** Goes by this from now on, and forgets what it was about to do. */
    void become(RescheduleSpec next) {
        spec = next;
        upstreams.clear();
        looking = null;
        lookAround = false;
        wake();
    }

    /** Looks at all relays for those whose backend is gone; to be called when it was told of those that are there. */
    void lookAround() {
        lookAround = !spec.when().isEmpty();
        wake();
    }

    /** Clients are led to these backends since a moment. */
    void observed(UpstreamSnapshot snapshot, long since) {
        if (!spec.when().isEmpty()) {
            sweeps(snapshot.upstream()).observed(snapshot, since);
            wake();
        }
    }

    /** Clients are not led to this upstream any more since a moment. */
    void unbound(String upstream, long since) {
        UpstreamSweeps sweeps = upstreams.get(upstream);
        if (sweeps != null) {
            sweeps.unbound(since);
            wake();
        }
    }

    /** A relay has got its backend. */
    void arrived(Relay relay) {
        if (upstreams.isEmpty()) {
            return;
        }
        Decision serving = relay.serving();
        String backend = UpstreamSweeps.backendOf(relay);
        if (serving != null && backend != null) {
            if (sweeps(upstreamOf(serving)).arrived(relay, backend, ticker.nanos())) {
                wake();
            }
        }
    }

    /** A relay is over. */
    void left(Relay relay) {
        if (!upstreams.isEmpty()) {
            upstreams.values().forEach(sweeps -> sweeps.forget(relay));
        }
    }

    private void run() {
        timer = null;
        long now = ticker.nanos();
        look(now);
        int broken = 0;
        for (UpstreamSweeps sweeps : upstreams.values()) {
            for (Relay next = null; broken < BREAKS_IN_ONE_GO; broken++) {
                next = sweeps.take(now);
                if (next == null) {
                    break;
                }
                breakOff(next, sweeps);
            }
        }
        upstreams.values().removeIf(UpstreamSweeps::isIdle);
        wake();
    }

    private void look(long now) {
        if (looking == null) {
            boolean due = lookAround;
            lookAround = false;
            for (UpstreamSweeps sweeps : upstreams.values()) {
                due |= sweeps.beginToLook(now);
            }
            if (!due) {
                return;
            }
            looking = relays.get();
        }
        Iterator<? extends Relay> rest = looking;
        for (int looks = 0; looks < LOOKS_IN_ONE_GO && rest.hasNext(); looks++) {
            Relay relay = rest.next();
            Decision serving = relay.serving();
            String backend = UpstreamSweeps.backendOf(relay);
            if (serving != null && backend != null) {
                sweeps(upstreamOf(serving)).met(relay, serving, backend, now);
            }
        }
        if (!rest.hasNext()) {
            looking = null;
            upstreams.values().forEach(UpstreamSweeps::haveLooked);
        }
    }

    /** A session that would bring the client back here ends with it; one that would not goes elsewhere by itself. */
    private void breakOff(Relay relay, UpstreamSweeps sweeps) {
        Decision serving = relay.serving();
        String backend = UpstreamSweeps.backendOf(relay);
        if (serving != null && backend != null) {
            if (sweeps.servesBound(backend)) {
                serving.endSession();
            }
            counter.accept(sweeps.reason(backend));
            relay.reschedule();
        }
    }

    /** Runs again when there is something to do, and only then. */
    private void wake() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        long left = looking != null || lookAround ? 0 : Long.MAX_VALUE;
        long now = ticker.nanos();
        for (UpstreamSweeps sweeps : upstreams.values()) {
            left = Math.min(left, sweeps.nanosLeft(now));
        }
        if (left != Long.MAX_VALUE) {
            timer = loop.schedule(this::run, Math.max(left, PAUSE), TimeUnit.NANOSECONDS);
        }
    }

    /** Of an upstream that is not known here, nobody is led to it. */
    private UpstreamSweeps sweeps(String upstream) {
        return upstreams.computeIfAbsent(upstream, name -> new UpstreamSweeps(spec, number));
    }

    private static String upstreamOf(Decision serving) {
        return serving.scope().upstream().name();
    }
}
