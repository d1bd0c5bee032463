package io.mooring.l4;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Headers of the PROXY protocol, good and bad, written by hand from its specification. */
final class ProxyHeaders {

    static final int PROXY = 0x21;
    static final int LOCAL = 0x20;
    static final int TCP4 = 0x11;
    static final int TCP6 = 0x21;
    static final int UNIX = 0x31;
    static final int SSL = 0x20;

    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    private ProxyHeaders() {}

    static byte[] v1(String line) {
        return (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** A binary header whose length is that of its parts. */
    static byte[] v2(int command, int family, byte[]... parts) {
        byte[] rest = concat(parts);
        return concat(
                SIGNATURE,
                new byte[] {(byte) command, (byte) family},
                ByteBuffer.allocate(2).putShort((short) rest.length).array(),
                rest);
    }

    static byte[] addresses(String source, int sourcePort, String destination, int destinationPort) {
        try {
            return concat(
                    mapped(source, destination),
                    mapped(destination, source),
                    ByteBuffer.allocate(4)
                            .putShort((short) sourcePort)
                            .putShort((short) destinationPort)
                            .array());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static byte[] tlv(int type, byte[] value) {
        return concat(
                ByteBuffer.allocate(3)
                        .put((byte) type)
                        .putShort((short) value.length)
                        .array(),
                value);
    }

    /** What says of TLS that it was spoken, and encloses others. */
    static byte[] ssl(byte[]... enclosed) {
        return tlv(SSL, concat(new byte[] {1, 0, 0, 0, 0}, concat(enclosed)));
    }

    static byte[] nested(int depth) {
        byte[] innermost = ssl();
        for (int i = 1; i < depth; i++) {
            innermost = ssl(innermost);
        }
        return innermost;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** The bytes of an address; an IPv4 address beside an IPv6 one as one of that. */
    private static byte[] mapped(String address, String other) throws UnknownHostException {
        byte[] bytes = InetAddress.getByName(address).getAddress();
        if (bytes.length == 4 && InetAddress.getByName(other).getAddress().length == 16) {
            return concat(new byte[10], new byte[] {-1, -1}, bytes);
        }
        return bytes;
    }
}
