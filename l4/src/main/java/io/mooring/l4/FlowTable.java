package io.mooring.l4;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a UDP listener by client, the longest silent first: what finds, adds or ends one takes the same time
 * however many there are. Confined to the event loop of the listener.
 */
final class FlowTable {

    /** What {@link #endSilent} answers when there is nothing to wait for. */
    static final long NONE_LEFT = -1;

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Map<FlowKey, UdpFlow> flows = new LinkedHashMap<>(16, 0.75f, true);
    private final int maxFlows;

    /** A table of at most so many flows. */
    FlowTable(int maxFlows) {
        this.maxFlows = maxFlows;
    }

    /** What a client's flow is found by. */
    FlowKey key(InetSocketAddress client) {
        return FlowKey.of(client, seed);
    }

    /** The flow, which is the least silent from now on, or null. */
    @Nullable
    UdpFlow touch(FlowKey key) {
        return flows.get(key);
    }

    /** Adds a flow; if there are too many, the longest silent is ended. */
    void add(UdpFlow flow) {
        if (flows.size() >= maxFlows) {
            end(longestSilent(), Ending.EVICTED);
        }
        flows.put(flow.key(), flow);
    }

    void remove(UdpFlow flow) {
        flows.remove(flow.key(), flow);
    }

    boolean isEmpty() {
        return flows.isEmpty();
    }

    /**
     * Ends the flows that have been silent for the idle timeout.
     *
     * @return how long until the next may be due, in nanoseconds, or {@link #NONE_LEFT}
     */
    long endSilent(long now, long idleNanos) {
        while (!flows.isEmpty()) {
            UdpFlow longest = longestSilent();
            long left = longest.lastSeen() + idleNanos - now;
            if (left > 0) {
                return left;
            }
            end(longest, Ending.IDLE);
        }
        return NONE_LEFT;
    }

    /** Ends them all. */
    void endAll(Ending ending) {
        List.copyOf(flows.values()).forEach(flow -> end(flow, ending));
    }

    private UdpFlow longestSilent() {
        return flows.values().iterator().next();
    }

    private void end(UdpFlow flow, Ending ending) {
        remove(flow);
        flow.end(ending);
    }
}
