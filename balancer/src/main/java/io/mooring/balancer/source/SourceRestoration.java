package io.mooring.balancer.source;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Sessions on their way into a {@link SourceTable}, in any order. Closing puts them in the order of their last use, in
 * which they expire and make room; until then they count as in use, and none makes room for another.
 *
 * <p>Used by one thread. The table may be used by others meanwhile; a session that a client has there is kept, unless
 * it was used earlier.
 */
public final class SourceRestoration implements AutoCloseable {

    private final SourceTable table;
    private final long idleNanos;
    private final long now;
    private final int[][] entries;
    private final int[] sizes;

    SourceRestoration(SourceTable table, int shards, long idleNanos, long now) {
        this.table = table;
        this.idleNanos = idleNanos;
        this.now = now;
        this.entries = new int[shards][16];
        this.sizes = new int[shards];
    }

    /**
     * Adds a session that is not over. Of several for one source the one used last counts.
     *
     * @param session last used now or before; its holds do not count
     * @return whether it was added; not if the table is full, or the source has a session that was used later
     */
    public boolean add(SourceEntry session) {
        long hash = table.hash(session.source());
        int shard = table.shardIndex(hash);
        int entry = table.shard(shard).restore(session, hash, now);
        if (entry == EntryStore.NIL) {
            return false;
        }
        if (sizes[shard] == entries[shard].length) {
            entries[shard] = Arrays.copyOf(entries[shard], 2 * sizes[shard]);
        }
        entries[shard][sizes[shard]++] = entry;
        return true;
    }

    /** Puts what was added in its order, shard by shard. */
    @Override
    public void close() {
        for (int shard = 0; shard < entries.length; shard++) {
            release(table.shard(shard), Arrays.copyOf(entries[shard], sizes[shard]));
            sizes[shard] = 0;
        }
    }

    /** Sorts by the milliseconds that are left, which fit in the upper half of a long, and the entry in the lower. */
    private void release(SourceTableShard shard, int[] unordered) {
        long[] order = new long[unordered.length];
        for (int i = 0; i < order.length; i++) {
            long left = Math.max(0, shard.lastUsed(unordered[i]) - now + idleNanos);
            order[i] = (TimeUnit.NANOSECONDS.toMillis(left) << 32) | unordered[i];
        }
        Arrays.sort(order);
        for (long each : order) {
            shard.releaseRestored((int) each);
        }
    }
}
