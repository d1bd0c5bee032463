package io.mooring.balancer.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a backend is doing now and has done since it was added: the figures that balancing by load
 * and the metrics read.
 *
 * <p>Safe for concurrent use. One instance follows a backend through all snapshots of its upstream
 * and is shared by all scopes, since a backend's load is the same whoever caused it.
 */
public final class BackendActivity {

    private final AtomicInteger active = new AtomicInteger();
    private final LongAdder picks = new LongAdder();
    private final LongAdder bytesToBackend = new LongAdder();
    private final LongAdder bytesFromBackend = new LongAdder();

    /** Counts a pick and one more active request, connection or flow; to be paired with {@link #end}. */
    public void begin() {
        picks.increment();
        active.incrementAndGet();
    }

    /** One active request, connection or flow fewer. */
    public void end() {
        active.decrementAndGet();
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
}
