package io.mooring.balancer.upstream;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What a backend is doing now and has done since it was added: the figures that balancing by load
 * and the metrics read, and what its condition is judged by.
 *
 * <p>Safe for concurrent use. One instance follows a backend through all snapshots of its upstream
 * and is shared by all scopes, since a backend's load is the same whoever caused it.
 */
public final class BackendActivity {

    private final AtomicInteger active = new AtomicInteger();
    private final LongAdder picks = new LongAdder();
    private final LongAdder bytesToBackend = new LongAdder();
    private final LongAdder bytesFromBackend = new LongAdder();
    private final Map<BackendFault, LongAdder> faults = new EnumMap<>(BackendFault.class);
    private final Consumer<BackendSignal> signals;

    /** The activity of a backend that nobody observes. */
    public BackendActivity() {
        this(signal -> {});
    }

    /** The activity of a backend whose signals go to a consumer. */
    BackendActivity(Consumer<BackendSignal> signals) {
        this.signals = signals;
        for (BackendFault fault : BackendFault.values()) {
            faults.put(fault, new LongAdder());
        }
    }

    /** Counts a pick and one more active request, connection or flow; to be paired with {@link #end}. */
    public void begin() {
        picks.increment();
        active.incrementAndGet();
    }

    /** One active request, connection or flow fewer. */
    public void end() {
        active.decrementAndGet();
    }

    /** Says what a request, connection or flow has shown of the backend's condition. */
    public void report(BackendSignal signal) {
        BackendFault fault = signal.fault();
        if (fault != null) {
            counter(fault).increment();
        }
        signals.accept(signal);
    }

    /** How often the backend has failed a client in this way. */
    public long faults(BackendFault fault) {
        return counter(fault).sum();
    }

    /** Requests, connections and flows under way. */
    public int active() {
        return active.get();
    }

    /** How often the backend was chosen. */
    public long picks() {
        return picks.sum();
    }

    /** Adds payload bytes sent to the backend. */
    public void addBytesToBackend(long bytes) {
        bytesToBackend.add(bytes);
    }

    /** Adds payload bytes received from the backend. */
    public void addBytesFromBackend(long bytes) {
        bytesFromBackend.add(bytes);
    }

    /** Payload bytes sent to the backend. */
    public long bytesToBackend() {
        return bytesToBackend.sum();
    }

    /** Payload bytes received from the backend. */
    public long bytesFromBackend() {
        return bytesFromBackend.sum();
    }

    private LongAdder counter(BackendFault fault) {
        return Objects.requireNonNull(faults.get(fault), "every fault has a counter");
    }
}
