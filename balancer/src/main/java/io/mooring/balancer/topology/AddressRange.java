package io.mooring.balancer.topology;

import java.net.InetAddress;

/**
 * The addresses that begin with the same bits.
 *
 * @param network the first of them; further bits that are set do not matter
 * @param prefix how many leading bits count: 0-32 of an IPv4 address, 0-128 of an IPv6 one
 */
public record AddressRange(InetAddress network, int prefix) {

    public AddressRange {
        int bits = network.getAddress().length * Byte.SIZE;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("prefix: " + prefix + " (expected: 0-" + bits + ")");
        }
    }

    /** Whether it is one of them. An IPv4 address is in no range of IPv6 addresses, nor the other way round. */
    public boolean contains(InetAddress address) {
        byte[] ours = network.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int i = 0; i * Byte.SIZE < prefix; i++) {
            int ignored = Math.max(0, (i + 1) * Byte.SIZE - prefix);
            if ((ours[i] ^ theirs[i]) >> ignored != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefix;
    }
}
