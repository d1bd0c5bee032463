package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Straight to the kernel, a {@linkplain DatagramRun run} by each system call: UDP generic segmentation offload. What
 * the kernel has no room for is lost.
 *
 * <p>The kernel is told the size of a run's datagrams by an option of the socket, which stays until the next run of
 * another size, or until there is a datagram that is larger and would be cut up. A run that it does not take, because
 * of the way it is to go, is sent one by one; so is all that follows, if the socket is connected and goes no other way.
 */
final class NativeOutput implements DatagramOutput {

    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int NO_SEGMENTS = 0;

    /** EIO, EINVAL and EMSGSIZE, as Linux numbers them on all processors that there are native sockets for. */
    private static final Set<Integer> REFUSALS = Set.of(-5, -22, -90);

    private final Socket socket;
    private final Losses losses;
    private final DatagramRun run;
    private @Nullable InetSocketAddress peer;
    private int told = NO_SEGMENTS;
    private boolean closed;

    /** The output of a socket that remains its owner's. */
    NativeOutput(Socket socket, Losses losses) {
        this.socket = socket;
        this.losses = losses;
        this.run = new DatagramRun();
    }

    @Override
    public void add(@Nullable InetSocketAddress to, ByteBuf payload) {
        if (!run.isEmpty() && !(Objects.equals(to, peer) && run.fits(payload))) {
            flush();
        }
        if (closed) {
            losses.lost(1, null);
        } else {
            peer = to;
            run.add(payload);
        }
    }

    @Override
    public void flush() {
        if (run.isEmpty()) {
            return;
        }
        int datagrams = run.count();
        int segment = run.segment();
        InetSocketAddress to = peer;
        ByteBuf payload = run.take();
        try {
            if (datagrams > 1) {
                tell(segment);
            } else if (segment > told) {
                tell(NO_SEGMENTS);
            }
            if (send(payload, to) == 0) {
                losses.lost(datagrams, null);
            }
        } catch (IOException | ChannelException e) {
            if (told != NO_SEGMENTS && isRefusal(e)) {
                if (to == null) {
                    run.stopJoining();
                }
                sendOneByOne(payload, segment, to);
            } else {
                losses.lost(datagrams, e);
            }
        } finally {
            payload.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        int left = run.discard();
        if (left > 0) {
            losses.lost(left, null);
        }
    }

    /** Has the kernel cut into pieces of this size from now on, if it does not already. */
    private void tell(int segment) throws IOException {
        if (segment != told) {
            socket.setIntOpt(SOL_UDP, UDP_SEGMENT, segment);
            told = segment;
        }
    }

    private void sendOneByOne(ByteBuf payload, int segment, @Nullable InetSocketAddress to) {
        try {
            tell(NO_SEGMENTS);
        } catch (IOException | ChannelException e) {
            losses.lost((payload.readableBytes() + segment - 1) / segment, e);
            return;
        }
        while (payload.isReadable()) {
            ByteBuf one = payload.readSlice(Math.min(segment, payload.readableBytes()));
            try {
                if (closed || send(one, to) == 0) {
                    losses.lost(1, null);
                }
            } catch (IOException e) {
                losses.lost(1, e);
            }
        }
    }

    private int send(ByteBuf payload, @Nullable InetSocketAddress to) throws IOException {
        long memory = payload.memoryAddress();
        int from = payload.readerIndex();
        int end = payload.writerIndex();
        return to == null
                ? socket.sendAddress(memory, from, end)
                : socket.sendToAddress(memory, from, end, to.getAddress(), to.getPort());
    }

    private static boolean isRefusal(Exception e) {
        return e instanceof NativeIoException refused && REFUSALS.contains(refused.expectedErr());
    }
}
