package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannelConfig;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One receive buffer with room for several of the largest datagrams, lent for each read to one of the channels of an
 * event loop. With native epoll a read is one system call that fills as many places as datagrams have come.
 *
 * <p>Readers copy what they keep and release the datagram before they return, so the buffer is free at the next read,
 * and a datagram that waits to be sent holds its own size only.
 *
 * <p>Confined to one event loop. The owner {@linkplain #release releases} it when the channels are closed.
 */
final class DatagramBuffers extends DefaultMaxMessagesRecvByteBufAllocator {

    /** The most that the length field of a UDP header can say. */
    static final int MAX_DATAGRAM = 65_535;

    private final int datagrams;
    private @Nullable ByteBuf buffer;

    /**
     * A buffer that is allocated at the first read.
     *
     * @param datagrams how many the largest datagrams it has room for
     */
    DatagramBuffers(int datagrams) {
        super(1);
        this.datagrams = datagrams;
    }

    /** Has the channel read into it. */
    void lendTo(Channel channel) {
        channel.config().setRecvByteBufAllocator(this);
        if (channel.config() instanceof EpollDatagramChannelConfig epoll) {
            epoll.setMaxDatagramPayloadSize(MAX_DATAGRAM);
        }
    }

    void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }

    @Override
    @SuppressWarnings("deprecation") // the interface itself still asks for the deprecated type
    public RecvByteBufAllocator.Handle newHandle() {
        return new LendingHandle();
    }

    private ByteBuf lend(ByteBufAllocator alloc) {
        if (buffer == null) {
            buffer = alloc.directBuffer(datagrams * MAX_DATAGRAM);
        }
        if (buffer.refCnt() > 1) {
            return alloc.directBuffer(MAX_DATAGRAM);
        }
        return buffer.clear().retain();
    }

    private final class LendingHandle extends MaxMessageHandle {

        private final Burst burst = new Burst();

        @Override
        public int guess() {
            return datagrams * MAX_DATAGRAM;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            return lend(alloc);
        }

        @Override
        public void reset(ChannelConfig config) {
            super.reset(config);
            burst.begin();
        }

        @Override
        public void lastBytesRead(int bytes) {
            super.lastBytesRead(bytes);
            if (bytes > 0) {
                burst.read();
            }
        }

        /** Several have come by one system call already where there is room for several. */
        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return datagrams == 1 && burst.mayGoOn();
        }

        @Override
        public void readComplete() {
            burst.end();
        }
    }
}
