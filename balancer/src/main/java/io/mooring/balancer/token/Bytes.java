package io.mooring.balancer.token;

/** Unsigned big-endian numbers of any width in a byte array. */
final class Bytes {

    private Bytes() {}

    static long readLong(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = (value << 8) | (bytes[i] & 0xff);
        }
        return value;
    }

    static void writeLong(byte[] bytes, int from, int count, long value) {
        for (int i = 0; i < count; i++) {
            bytes[from + i] = (byte) (value >>> (8 * (count - 1 - i)));
        }
    }
}
