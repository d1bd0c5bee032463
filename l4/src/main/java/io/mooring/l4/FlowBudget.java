package io.mooring.l4;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * How many flows a UDP listener may have, over all its event loops. When they are too many, the one that is the first
 * to {@linkplain FlowTable give way} does, on whichever loop it is.
 *
 * <p>Safe for concurrent use. A loop ends flows of its own only, and asks another loop to do so in its turn: there may
 * be too many by one a loop for a moment. If they are, and another loop has the first, a newcomer of its own gives way.
 * Whoever is asked looks again who is the first and whether there are too many still.
 */
final class FlowBudget {

    private final int max;
    private final AtomicInteger flows = new AtomicInteger();
    /** The flows without those whose end is decided: so no two loops end one for the same newcomer. */
    private final AtomicInteger staying = new AtomicInteger();

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
    boolean admit(FlowTable table) {
        int count = flows.incrementAndGet();
        if (staying.incrementAndGet() <= max || makeRoom(table, count)) {
            return true;
        }
        left();
        return false;
    }

    /** Ends those that are too many, or sees to it, beginning with the table, which is that of the calling loop. */
    void relieve(FlowTable table) {
        boolean going = true;
        while (going && staying.get() > max) {
            FlowTable first = first(table);
            if (first == table) {
                going = evict(table::evictFirst);
            } else {
                first.askForRoom();
                going = false;
            }
        }
    }

    /** One of those that were admitted has left its table by itself. */
    void left() {
        staying.decrementAndGet();
        flows.decrementAndGet();
    }

    private boolean makeRoom(FlowTable table, int count) {
        FlowTable first = first(table);
        if (first == table) {
            return evict(table::evictFirst);
        }
        if (count <= max + tables.size()) {
            first.askForRoom();
            return true;
        }
        return evict(table::evictNewcomer) || evict(table::evictFirst);
    }

    /** The table that has the first to give way. */
    private FlowTable first(FlowTable asking) {
        asking.publish();
        FlowTable first = asking;
        for (FlowTable table : tables) {
            if (table != asking && table.givesWayBefore(first)) {
                first = table;
            }
        }
        return first;
    }

    /** Has a flow ended if there are too many still; false if none could be. */
    private boolean evict(BooleanSupplier eviction) {
        if (staying.getAndUpdate(count -> count > max ? count - 1 : count) <= max) {
            return true;
        }
        if (eviction.getAsBoolean()) {
            flows.decrementAndGet();
            return true;
        }
        staying.incrementAndGet();
        return false;
    }
}
