package io.mooring.l4;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many flows a UDP listener may have, over all its event loops. When they are too many, the one that was silent the
 * longest gives way, on whichever loop it is.
 *
 * <p>Safe for concurrent use. A loop evicts a flow of its own at once and asks another loop to do so in its turn, once
 * at a time, so there may be too many by one a loop for a moment.
 */
final class FlowBudget {

    private final int max;
    private final AtomicInteger flows = new AtomicInteger();
    private final List<FlowTable> tables = new CopyOnWriteArrayList<>();

    /** So many at most. */
    FlowBudget(int max) {
        this.max = max;
    }

    /** Counts the flows of this table, too. */
    void share(FlowTable table) {
        tables.add(table);
    }

    /** Makes room for one more in the table, which is that of the calling loop; false if there is none. */
    boolean admit(FlowTable table, long now) {
        if (flows.incrementAndGet() <= max) {
            return true;
        }
        FlowTable longest = longestSilent(table, now);
        if ((longest != table && longest.askForRoom()) || table.evictLongestSilent()) {
            return true;
        }
        flows.decrementAndGet();
        return false;
    }

    /** One of those that were admitted has left its table. */
    void left() {
        flows.decrementAndGet();
    }

    private FlowTable longestSilent(FlowTable asking, long now) {
        FlowTable longest = asking;
        for (FlowTable table : tables) {
            if (table != asking && table.silentFor(now) > longest.silentFor(now)) {
                longest = table;
            }
        }
        return longest;
    }
}
