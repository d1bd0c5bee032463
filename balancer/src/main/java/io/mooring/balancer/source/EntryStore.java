package io.mooring.balancer.source;

import java.util.Arrays;

/**
 * Entries of a table as {@value #STRIDE} longs each, side by side in chunks of {@value #CHUNK_ENTRIES}, so
 * that a million entries are a thousand objects and one entry is one or two cache lines.
 *
 * <p>An entry is named by its number. Freed ones are handed out again, the last freed first. Not
 * safe for concurrent use: its shard's lock guards it.
 */
final class EntryStore {

    /** The number of no entry. */
    static final int NIL = -1;

    private static final int CHUNK_ENTRIES = 1_024;

    private static final int HIGH = 0;
    private static final int LOW = 1;
    private static final int LAST_USED = 2;
    private static final int BEGAN = 3;
    private static final int BINDING_AND_HOLDS = 4;
    private static final int CHAIN_AND_HASH = 5;
    private static final int PREVIOUS_AND_NEXT = 6;
    private static final int STRIDE = 7;

    /** Beside the binding: set while the entry counts as a live session. */
    private static final int COUNTED = 1 << 31;

    /** Beside the binding: the port block of the source. */
    private static final int PORT_BLOCK_SHIFT = 24;

    private static final int BINDING = (1 << PORT_BLOCK_SHIFT) - 1;

    private long[][] chunks = new long[1][];
    private int used;
    private int free = NIL;

    /** A new entry with no holds, not counted, in no chain and no list. */
    int allocate(SourceAddress source, long hash) {
        int entry = free;
        if (entry == NIL) {
            entry = used++;
            int chunk = entry / CHUNK_ENTRIES;
            if (chunk == chunks.length) {
                chunks = Arrays.copyOf(chunks, 2 * chunks.length);
            }
            if (entry % CHUNK_ENTRIES == 0) {
                chunks[chunk] = new long[CHUNK_ENTRIES * STRIDE];
            }
        } else {
            free = chain(entry);
        }
        set(entry, HIGH, source.high());
        set(entry, LOW, source.low());
        set(entry, BINDING_AND_HOLDS, pack(source.portBlock() << PORT_BLOCK_SHIFT, 0));
        set(entry, CHAIN_AND_HASH, pack(NIL, (int) hash));
        set(entry, PREVIOUS_AND_NEXT, pack(NIL, NIL));
        return entry;
    }

    void free(int entry) {
        chain(entry, free);
        free = entry;
    }

    /** How many entries there are, free ones included: all have a lower number. */
    int used() {
        return used;
    }

    boolean isOf(int entry, SourceAddress source) {
        return get(entry, LOW) == source.low()
                && get(entry, HIGH) == source.high()
                && portBlock(entry) == source.portBlock();
    }

    SourceAddress source(int entry) {
        return new SourceAddress(get(entry, HIGH), get(entry, LOW), portBlock(entry));
    }

    long lastUsed(int entry) {
        return get(entry, LAST_USED);
    }

    void lastUsed(int entry, long nanos) {
        set(entry, LAST_USED, nanos);
    }

    long began(int entry) {
        return get(entry, BEGAN);
    }

    void began(int entry, long nanos) {
        set(entry, BEGAN, nanos);
    }

    int binding(int entry) {
        return first(get(entry, BINDING_AND_HOLDS)) & BINDING;
    }

    void binding(int entry, int binding) {
        setFirst(entry, BINDING_AND_HOLDS, binding | (first(get(entry, BINDING_AND_HOLDS)) & ~BINDING));
    }

    boolean counted(int entry) {
        return (first(get(entry, BINDING_AND_HOLDS)) & COUNTED) != 0;
    }

    void counted(int entry, boolean counted) {
        int others = first(get(entry, BINDING_AND_HOLDS)) & ~COUNTED;
        setFirst(entry, BINDING_AND_HOLDS, others | (counted ? COUNTED : 0));
    }

    int holds(int entry) {
        return second(get(entry, BINDING_AND_HOLDS));
    }

    void holds(int entry, int holds) {
        setSecond(entry, BINDING_AND_HOLDS, holds);
    }

    int chain(int entry) {
        return first(get(entry, CHAIN_AND_HASH));
    }

    void chain(int entry, int next) {
        setFirst(entry, CHAIN_AND_HASH, next);
    }

    /** The low half of the source's hash. */
    int hash(int entry) {
        return second(get(entry, CHAIN_AND_HASH));
    }

    int previous(int entry) {
        return first(get(entry, PREVIOUS_AND_NEXT));
    }

    void previous(int entry, int previous) {
        setFirst(entry, PREVIOUS_AND_NEXT, previous);
    }

    int next(int entry) {
        return second(get(entry, PREVIOUS_AND_NEXT));
    }

    void next(int entry, int next) {
        setSecond(entry, PREVIOUS_AND_NEXT, next);
    }

    private int portBlock(int entry) {
        return (first(get(entry, BINDING_AND_HOLDS)) & ~COUNTED) >>> PORT_BLOCK_SHIFT;
    }

    private long get(int entry, int field) {
        return chunks[entry / CHUNK_ENTRIES][entry % CHUNK_ENTRIES * STRIDE + field];
    }

    private void set(int entry, int field, long value) {
        chunks[entry / CHUNK_ENTRIES][entry % CHUNK_ENTRIES * STRIDE + field] = value;
    }

    private void setFirst(int entry, int field, int value) {
        set(entry, field, pack(value, second(get(entry, field))));
    }

    private void setSecond(int entry, int field, int value) {
        set(entry, field, pack(first(get(entry, field)), value));
    }

    private static long pack(int first, int second) {
        return ((long) first << 32) | (second & 0xffff_ffffL);
    }

    private static int first(long packed) {
        return (int) (packed >> 32);
    }

    private static int second(long packed) {
        return (int) packed;
    }
}
