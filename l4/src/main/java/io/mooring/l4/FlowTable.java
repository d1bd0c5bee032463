package io.mooring.l4;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a UDP listener on one event loop by client, the longest silent first: what finds, adds or ends one takes
 * the same time however many there are. Confined to the event loop but for {@link #silentFor} and {@link #askForRoom}.
 */
final class FlowTable {

    /** What {@link #endSilent} answers when there is nothing to wait for. */
    static final long NONE_LEFT = -1;

    private static final long NOTHING = Long.MIN_VALUE;

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Map<FlowKey, UdpFlow> flows = new LinkedHashMap<>(16, 0.75f, true);
    private final FlowBudget budget;
    private final Executor loop;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile long silentSince = NOTHING;

    /** A table of flows that count for the budget. */
    FlowTable(FlowBudget budget, Executor loop) {
        this.budget = budget;
        this.loop = loop;
        budget.share(this);
    }

    /**
     * What a client's flow is found by.
     *
     * @param local which of the machine's addresses it writes to, if that is known
     */
    FlowKey key(InetSocketAddress client, @Nullable InetAddress local) {
        return FlowKey.of(client, local, seed);
    }

    /** The flow, which is the least silent from now on, or null. */
    @Nullable
    UdpFlow touch(FlowKey key) {
        return flows.get(key);
    }

    /** Makes room for one more flow, for which the longest silent may have to end; false if there is none. */
    boolean makeRoom(long now) {
        return budget.admit(this, now);
    }

    /** Adds a flow for which there is room. */
    void add(UdpFlow flow) {
        flows.put(flow.key(), flow);
    }

    void remove(UdpFlow flow) {
        if (flows.remove(flow.key(), flow)) {
            budget.left();
        }
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

    /** All flows of now. */
    Iterator<UdpFlow> iterator() {
        return List.copyOf(flows.values()).iterator();
    }

    /** Ends the flow that was silent the longest; false if there is none. */
    boolean evictLongestSilent() {
        if (flows.isEmpty()) {
            return false;
        }
        end(longestSilent(), Ending.EVICTED);
        return true;
    }

    /** Has other threads know since when the longest silent flow is silent. */
    void publish() {
        silentSince = flows.isEmpty() ? NOTHING : longestSilent().lastSeen();
    }

    /**
     * How long the longest silent was silent when it was last published, in nanoseconds; negative if there was none.
     */
    long silentFor(long now) {
        long since = silentSince;
        return since == NOTHING ? -1 : now - since;
    }

    /** Asks for the end of the longest silent flow; false if that was asked already and has not happened yet. */
    boolean askForRoom() {
        if (!asked.compareAndSet(false, true)) {
            return false;
        }
        loop.execute(() -> {
            asked.set(false);
            evictLongestSilent();
            publish();
        });
        return true;
    }

    private UdpFlow longestSilent() {
        return flows.values().iterator().next();
    }

    private void end(UdpFlow flow, Ending ending) {
        remove(flow);
        flow.end(ending);
    }
}
