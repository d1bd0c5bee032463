package io.mooring.l4;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
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
 * the same time however many there are.
 *
 * <p>A flow is <em>established</em> once its client has sent something after an answer. Where one has to give way to a
 * newcomer, it is the longest silent of those that are not, so that a flood of sources does not reach clients at work.
 * Established ones would keep all others out if that held without bound, and a flood may send everything twice: when
 * they are more than four in five of the table, the longest silent of them gives way. So do segmented caches (Karedla,
 * Love and Wherry, 1994); Linux, too, spares the tracked connections that were answered and went on.
 *
 * <p>Confined to the event loop but for {@link #givesWayBefore} and {@link #askForRoom}.
 */
final class FlowTable {

    /** What {@link #endSilent} answers when there is nothing to wait for. */
    static final long NONE_LEFT = Long.MAX_VALUE;

    /** One in so many flows at least is left to newcomers. */
    private static final int NEWCOMERS_ONE_IN = 5;

    /** Who would give way now, those first that give way first. */
    private enum Yielding {
        NEWCOMER,
        ESTABLISHED,
        NOBODY
    }

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Map<FlowKey, UdpFlow> newcomers = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<FlowKey, UdpFlow> established = new LinkedHashMap<>(16, 0.75f, true);
    private final FlowBudget budget;
    private final Executor loop;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile Yielding yielding = Yielding.NOBODY;
    private volatile long silentSince;

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

    /** The flow that its client sends something on, which is the least silent from now on, or null. */
    @Nullable
    UdpFlow heard(FlowKey key) {
        UdpFlow flow = established.get(key);
        if (flow != null) {
            return flow;
        }
        flow = newcomers.get(key);
        if (flow != null && flow.isServed()) {
            newcomers.remove(key);
            established.put(key, flow);
        }
        return flow;
    }

    /** The flow is the least silent from now on, since its client is answered. */
    void answered(UdpFlow flow) {
        if (established.get(flow.key()) == null) {
            newcomers.get(flow.key());
        }
    }

    /** Makes room for one more flow, for which another may have to end; false if there is none. */
    boolean makeRoom() {
        return budget.admit(this);
    }

    /** Adds a flow for which there is room. */
    void add(UdpFlow flow) {
        newcomers.put(flow.key(), flow);
    }

    void remove(UdpFlow flow) {
        if (newcomers.remove(flow.key(), flow) || established.remove(flow.key(), flow)) {
            budget.left();
        }
    }

    boolean isEmpty() {
        return newcomers.isEmpty() && established.isEmpty();
    }

    /**
     * Ends the flows that have been silent for the idle timeout.
     *
     * @return how long until the next may be due, in nanoseconds, or {@link #NONE_LEFT}
     */
    long endSilent(long now, long idleNanos) {
        return Math.min(endSilent(newcomers, now, idleNanos), endSilent(established, now, idleNanos));
    }

    /** Ends them all. */
    void endAll(Ending ending) {
        all().forEach(flow -> end(flow, ending));
    }

    /** All flows of now. */
    Iterator<UdpFlow> iterator() {
        return all().iterator();
    }

    /**
     * Ends the flow that is the first to give way, which the budget does not count any more; false if there is none.
     */
    boolean evictFirst() {
        return evictLongestSilent(yielding() == Yielding.ESTABLISHED ? established : newcomers);
    }

    /** The same with the longest silent newcomer. */
    boolean evictNewcomer() {
        return evictLongestSilent(newcomers);
    }

    /** Has other threads know who is the first to give way. */
    void publish() {
        Yielding now = yielding();
        silentSince = now == Yielding.NOBODY ? 0 : longestSilent(now).lastSeen();
        yielding = now;
    }

    /** Whether its first to give way does so before the other's, by what they published last. */
    boolean givesWayBefore(FlowTable other) {
        Yielding here = yielding;
        Yielding there = other.yielding;
        return here == there
                ? here != Yielding.NOBODY && silentSince - other.silentSince < 0
                : here.compareTo(there) < 0;
    }

    /** Has the loop end in its turn what is then too many. */
    void askForRoom() {
        if (asked.compareAndSet(false, true)) {
            loop.execute(() -> {
                asked.set(false);
                budget.relieve(this);
                publish();
            });
        }
    }

    private Yielding yielding() {
        int all = newcomers.size() + established.size();
        if (all == 0) {
            return Yielding.NOBODY;
        }
        return newcomers.size() * NEWCOMERS_ONE_IN < all ? Yielding.ESTABLISHED : Yielding.NEWCOMER;
    }

    private UdpFlow longestSilent(Yielding among) {
        return longestSilent(among == Yielding.ESTABLISHED ? established : newcomers);
    }

    private static boolean evictLongestSilent(Map<FlowKey, UdpFlow> flows) {
        if (flows.isEmpty()) {
            return false;
        }
        UdpFlow longest = longestSilent(flows);
        flows.remove(longest.key());
        longest.end(Ending.EVICTED);
        return true;
    }

    private List<UdpFlow> all() {
        List<UdpFlow> flows = new ArrayList<>(newcomers.values());
        flows.addAll(established.values());
        return flows;
    }

    private long endSilent(Map<FlowKey, UdpFlow> flows, long now, long idleNanos) {
        while (!flows.isEmpty()) {
            UdpFlow longest = longestSilent(flows);
            long left = longest.lastSeen() + idleNanos - now;
            if (left > 0) {
                return left;
            }
            end(longest, Ending.IDLE);
        }
        return NONE_LEFT;
    }

    private void end(UdpFlow flow, Ending ending) {
        flow.end(ending);
        remove(flow);
    }

    private static UdpFlow longestSilent(Map<FlowKey, UdpFlow> flows) {
        return flows.values().iterator().next();
    }
}
