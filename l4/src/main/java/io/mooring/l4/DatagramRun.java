package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of one size, of which the last may be shorter, that go to one address in a row. The kernel is given them in
 * one piece, which it takes through its network stack once and cuts up at the end: UDP generic segmentation offload.
 *
 * <p>Only datagrams that fit every link of IPv6 uncut are joined, as the kernel refuses others; where even they are
 * {@linkplain #isRefusal refused}, or without the offload, a run is always of one.
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

    /** EIO, EINVAL and EMSGSIZE, as Linux numbers them on all processors that there are native sockets for. */
    private static final Set<Integer> REFUSALS = Set.of(-5, -22, -90);

    private final ByteBufAllocator buffers;
    private boolean joining;
    private @Nullable ByteBuf joined;
    private int segment;
    private int count;
    private boolean ended;

    /** An empty run; whether it may hold more than one is for the transport to say. */
    DatagramRun(ByteBufAllocator buffers, boolean joining) {
        this.buffers = buffers;
        this.joining = joining;
    }

    /** Whether sockets of native epoll on this kernel take several datagrams in one piece. */
    static boolean isSupported() {
        return EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    /** How many datagrams there are. */
    int count() {
        return count;
    }

    /** Whether the kernel would not take a run. */
    static boolean isRefusal(Throwable cause) {
        return cause instanceof NativeIoException e && REFUSALS.contains(e.expectedErr());
    }

    /** Takes no more than one at a time from now on: the way to the address does not bear it. */
    void stopJoining() {
        joining = false;
    }

    /** Adds a copy of the payload; false if it has to wait for the run to be taken. */
    boolean add(ByteBuf payload) {
        int bytes = payload.readableBytes();
        ByteBuf before = joined;
        if (before == null) {
            joined = buffers.directBuffer(bytes, Math.max(bytes, MAX_BYTES)).writeBytes(payload);
            segment = bytes;
            count = 1;
            ended = !joining || bytes > MAX_SEGMENT;
            return true;
        }
        if (ended || bytes > segment || count == MAX_SEGMENTS || before.readableBytes() + bytes > MAX_BYTES) {
            return false;
        }
        if (count == 1) {
            before.ensureWritable(ROOM_FOR * segment);
        }
        before.writeBytes(payload);
        count++;
        ended = bytes < segment;
        return true;
    }

    /**
     * Gives away what there is, and is empty.
     *
     * @param to where it goes, or null if the socket is connected
     * @param from the address of the socket
     */
    Object take(@Nullable InetSocketAddress to, InetSocketAddress from) {
        ByteBuf payload = joined;
        if (payload == null) {
            throw new IllegalStateException("the run is empty");
        }
        int datagrams = count;
        joined = null;
        count = 0;
        if (datagrams > 1) {
            return new SegmentedDatagramPacket(payload, segment, to, from);
        }
        return to == null ? payload : new DatagramPacket(payload, to);
    }

    /** Drops what there is; tells how many datagrams that were. */
    int discard() {
        int dropped = count;
        if (joined != null) {
            joined.release();
            joined = null;
            count = 0;
        }
        return dropped;
    }
}
