package io.mooring.balancer.source;

import java.util.Arrays;

/**
 * The hash buckets of a table, which grow one at a time: linear hashing (Litwin, VLDB 1980).
 *
 * <p>Of the 2^(level+1) addresses that the hash's low bits can give, those below 2^level + split
 * exist; a hash whose address does not exist yet uses one bit fewer. When there are more entries than buckets, the
 * bucket at {@code split} is divided between itself and a new one: a few entries are looked at, and
 * no insertion ever pays for a rehash of the whole.
 *
 * <p>Not safe for concurrent use: its shard's lock guards it.
 */
final class BucketArray {

    private static final int CHUNK = 1_024;

    private final EntryStore entries;
    private int[][] chunks = {newChunk()};
    private int level;
    private int split;
    private int size;

    BucketArray(EntryStore entries) {
        this.entries = entries;
    }

    /** The entry of the source, or {@link EntryStore#NIL}. */
    int find(SourceAddress source, long hash) {
        int entry = first(bucketOf((int) hash));
        while (entry != EntryStore.NIL && !entries.isOf(entry, source)) {
            entry = entries.chain(entry);
        }
        return entry;
    }

    void add(int entry) {
        size++;
        if (size > (1 << level) + split) {
            grow();
        }
        push(bucketOf(entries.hash(entry)), entry);
    }

    void remove(int entry) {
        size--;
        int bucket = bucketOf(entries.hash(entry));
        int previous = EntryStore.NIL;
        for (int at = first(bucket); at != entry; at = entries.chain(at)) {
            previous = at;
        }
        if (previous == EntryStore.NIL) {
            setFirst(bucket, entries.chain(entry));
        } else {
            entries.chain(previous, entries.chain(entry));
        }
    }

    private int bucketOf(int hash) {
        int bucket = hash & ((2 << level) - 1);
        return bucket < (1 << level) + split ? bucket : hash & ((1 << level) - 1);
    }

    private void grow() {
        int added = (1 << level) + split;
        if (added / CHUNK == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunks.length);
        }
        if (chunks[added / CHUNK] == null) {
            chunks[added / CHUNK] = newChunk();
        }
        int divided = split;
        split++;
        if (split == 1 << level) {
            level++;
            split = 0;
        }
        int entry = first(divided);
        setFirst(divided, EntryStore.NIL);
        while (entry != EntryStore.NIL) {
            int next = entries.chain(entry);
            push(bucketOf(entries.hash(entry)), entry);
            entry = next;
        }
    }

    private void push(int bucket, int entry) {
        entries.chain(entry, first(bucket));
        setFirst(bucket, entry);
    }

    private int first(int bucket) {
        return chunks[bucket / CHUNK][bucket % CHUNK];
    }

    private void setFirst(int bucket, int entry) {
        chunks[bucket / CHUNK][bucket % CHUNK] = entry;
    }

    private static int[] newChunk() {
        int[] chunk = new int[CHUNK];
        Arrays.fill(chunk, EntryStore.NIL);
        return chunk;
    }
}
