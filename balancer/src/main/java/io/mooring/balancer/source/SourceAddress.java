package io.mooring.balancer.source;

/**
 * The network a client belongs to: its address without the bits beyond the prefix. An IPv4 network
 * stands in its IPv4-mapped IPv6 form. Of a network that is too large to be one client, a block of the ports
 * that its connections come from.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 * @param portBlock which block of {@value #PORTS_IN_BLOCK} ports, counted from 1, or {@link #ALL_PORTS}
 */
public record SourceAddress(long high, long low, int portBlock) {

    /** The block of a network that is one client, whatever the port. */
    public static final int ALL_PORTS = 0;

    /**
     * How many ports a block has: what carriers commonly give to a subscriber at a time (RFC 7422 has 1,024 to 4,096).
     */
    public static final int PORTS_IN_BLOCK = 1_024;

    /** The last block of a network. */
    public static final int PORT_BLOCKS = 65_536 / PORTS_IN_BLOCK;

    public SourceAddress {
        if (portBlock < ALL_PORTS || portBlock > PORT_BLOCKS) {
            throw new IllegalArgumentException("port-block: " + portBlock + " (expected: 0-" + PORT_BLOCKS + ")");
        }
    }

    /** A network with all its ports. */
    public SourceAddress(long high, long low) {
        this(high, low, ALL_PORTS);
    }

    /** The block of this network that the port is in. */
    public SourceAddress at(int port) {
        return new SourceAddress(high, low, port / PORTS_IN_BLOCK + 1);
    }

    /** A hash that is the same in every process, for balancing by it. */
    public long hash() {
        return hash(0);
    }

    /** A hash that only those who know the seed can predict, for tables that strangers fill. */
    long hash(long seed) {
        long ofNetwork = mix(mix(high ^ seed) + low);
        return portBlock == ALL_PORTS ? ofNetwork : mix(ofNetwork + portBlock);
    }

    /** The finalizer of SplitMix64 (Stafford's variant 13): every input bit moves half of the output bits. */
    private static long mix(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
