package io.mooring.balancer.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * How much of an address tells one client from another.
 *
 * @param ipv4 leading bits of an IPv4 address that count, 1-32
 * @param ipv6 leading bits of an IPv6 address that count, 1-128
 */
public record SourcePrefixes(int ipv4, int ipv6) {

    /** A whole IPv4 address, and the /64 that one IPv6 subscriber line usually has. */
    public static final SourcePrefixes DEFAULT = new SourcePrefixes(32, 64);

    private static final long MAPPED = 0xffff_0000_0000L;

    public SourcePrefixes {
        if (ipv4 < 1 || ipv4 > 32) {
            throw new IllegalArgumentException("ipv4-prefix: " + ipv4 + " (expected: 1-32)");
        }
        if (ipv6 < 1 || ipv6 > 128) {
            throw new IllegalArgumentException("ipv6-prefix: " + ipv6 + " (expected: 1-128)");
        }
    }

    /** The network of the address. An IPv6 zone does not count. */
    public SourceAddress of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return new SourceAddress(0, MAPPED | (read(bytes, 0, 4) & (leading(ipv4) >>> 32)));
        }
        return new SourceAddress(read(bytes, 0, 8) & leading(ipv6), read(bytes, 8, 8) & leading(ipv6 - 64));
    }

    /**
     * The network as text: {@code 192.0.2.1}, or {@code 2001:db8:0:0:0:0:0:0/64} if it is more than one address, and
     * its ports if it has but some, as in {@code 192.0.2.1 ports 1024-2047}.
     */
    public String text(SourceAddress source) {
        boolean isIpv4 = source.high() == 0 && source.low() >>> 32 == MAPPED >>> 32;
        ByteBuffer bytes = isIpv4
                ? ByteBuffer.allocate(4).putInt((int) source.low())
                : ByteBuffer.allocate(16).putLong(source.high()).putLong(source.low());
        int prefix = isIpv4 ? ipv4 : ipv6;
        String network = literal(bytes.array()) + (prefix == 8 * bytes.capacity() ? "" : "/" + prefix);
        if (source.portBlock() == SourceAddress.ALL_PORTS) {
            return network;
        }
        int first = (source.portBlock() - 1) * SourceAddress.PORTS_IN_BLOCK;
        return network + " ports " + first + "-" + (first + SourceAddress.PORTS_IN_BLOCK - 1);
    }

    private static String literal(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }

    private static long read(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = (value << 8) | (bytes[i] & 0xff);
        }
        return value;
    }

    /** A mask of the first bits of 64. */
    private static long leading(int bits) {
        if (bits <= 0) {
            return 0;
        }
        return bits >= 64 ? -1 : -1L << (64 - bits);
    }
}
