package io.mooring.balancer.source;

/**
 * The network a client belongs to: its address without the bits beyond the prefix. An IPv4 network
 * stands in its IPv4-mapped IPv6 form.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record SourceAddress(long high, long low) {

    /** A hash that is the same in every process, for balancing by it. */
    public long hash() {
        return hash(0);
    }

    /** A hash that only those who know the seed can predict, for tables that strangers fill. */
    long hash(long seed) {
        return mix(mix(high ^ seed) + low);
    }

    /** The finalizer of SplitMix64 (Stafford's variant 13): every input bit moves half of the output bits. */
    private static long mix(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
