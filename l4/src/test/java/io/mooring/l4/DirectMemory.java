package io.mooring.l4;

import io.netty.buffer.PooledByteBufAllocator;

/** What the pool that relays read into takes outside of the heap. */
final class DirectMemory {

    private DirectMemory() {}

    /** In bytes, in steps of the pool's chunks. */
    static long used() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
