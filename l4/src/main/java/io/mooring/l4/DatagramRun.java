package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.channel.epoll.EpollDatagramChannel;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of one size, of which the last may be shorter, that go to one address in a row. The kernel is given them in
 * one piece, which it takes through its network stack once and cuts up at the end.
 *
 * <p>Only datagrams that fit every link of IPv6 uncut are joined, as the kernel refuses others.
 *
 * <p>Confined to one event loop. It owns a buffer from the first datagram until {@link #take} or {@link #discard}.
 */
final class DatagramRun {

    /** What IPv6 lets pass on every link, less the headers. */
    private static final int MAX_SEGMENT = 1232;

    /** What older kernels cut up at most. */
    private static final int MAX_SEGMENTS = 64;

    /** How many more the buffer is enlarged for when there is a second. */
    private static final int ROOM_FOR = 7;

    /** Safely below what fits the length field of a UDP header. */
    private static final int MAX_BYTES = 60 * 1024;

    private boolean joining = isSupported();
    private @Nullable ByteBuf joined;
    private int segment;
    private int count;
    private boolean ended;

    /** Whether this kernel takes several datagrams in one piece. */
    static boolean isSupported() {
        return EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    /** How many datagrams there are. */
    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The size of all of them but the last, in bytes. */
    int segment() {
        return segment;
    }

    /** Takes no more than one at a time from now on. */
    void stopJoining() {
        joining = false;
    }

    /** Whether the payload may be added; if not, the run has to be taken first. */
    boolean fits(ByteBuf payload) {
        if (joined == null) {
            return true;
        }
        int bytes = payload.readableBytes();
        return !ended && bytes <= segment && count < MAX_SEGMENTS && joined.readableBytes() + bytes <= MAX_BYTES;
    }

    /** Adds a copy of a payload that fits. */
    void add(ByteBuf payload) {
        int bytes = payload.readableBytes();
        ByteBuf before = joined;
        if (before == null) {
            joined = Transport.BUFFERS
                    .directBuffer(bytes, Math.max(bytes, MAX_BYTES))
                    .writeBytes(payload);
            segment = bytes;
            ended = !joining || bytes > MAX_SEGMENT;
        } else {
            if (count == 1) {
                before.ensureWritable(ROOM_FOR * segment);
            }
            before.writeBytes(payload);
            ended = bytes < segment;
        }
        count++;
    }

    /** Gives away what there is, and is empty. */
    ByteBuf take() {
        ByteBuf payload = joined;
        if (payload == null) {
            throw new IllegalStateException("the run is empty");
        }
        joined = null;
        count = 0;
        return payload;
    }

    /** Drops what there is; tells how many datagrams that were. */
    int discard() {
        int dropped = count;
        if (joined != null) {
            take().release();
        }
        return dropped;
    }
}
