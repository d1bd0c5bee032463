package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceAddress;
import java.nio.ByteBuffer;

/**
 * A session in a saved table, in {@value #BYTES} bytes.
 *
 * @param source whose
 * @param backend the place of its backend in the header
 * @param idleMillis for how long nothing had come when the table was saved
 * @param ageMillis how long ago it had begun
 */
record ArchivedSession(SourceAddress source, int backend, long idleMillis, long ageMillis) {

    static final int BYTES = 32;

    /** A hundred years, which fit into nanoseconds. */
    private static final long LONGEST_MILLIS = 100L * 365 * 24 * 3_600_000;

    private static final int BLOCK_SHIFT = 24;

    void write(ByteBuffer out) {
        out.putLong(source.high());
        out.putLong(source.low());
        out.putInt(source.portBlock() << BLOCK_SHIFT | backend);
        out.putInt((int) Math.min(Integer.MAX_VALUE, idleMillis));
        out.putLong(Math.min(LONGEST_MILLIS, ageMillis));
    }

    /**
     * Reads a session.
     *
     * @param backends how many backends the header has
     */
    static ArchivedSession read(ByteBuffer in, int backends) throws UnusableTableException {
        long high = in.getLong();
        long low = in.getLong();
        int blockAndBackend = in.getInt();
        int block = blockAndBackend >>> BLOCK_SHIFT;
        int backend = blockAndBackend & ((1 << BLOCK_SHIFT) - 1);
        int idle = in.getInt();
        long age = in.getLong();
        if (block > SourceAddress.PORT_BLOCKS || backend >= backends || idle < 0 || age < 0 || age > LONGEST_MILLIS) {
            throw UnusableTableException.damaged();
        }
        return new ArchivedSession(new SourceAddress(high, low, block), backend, idle, age);
    }
}
