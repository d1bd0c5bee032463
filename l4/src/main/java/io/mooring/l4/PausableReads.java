package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Receive buffers of up to 64 KiB, and none while reading is switched off.
 *
 * <p>Netty's epoll transport reads all that is left in the kernel, megabytes at worst, when the peer has finished or
 * reset, whether or not reading is switched on. Here it gets no buffer for that: the attempt ends with {@link Paused},
 * which reaches the handlers as an exception that leaves the channel as it was, and tells them that something has
 * happened on a channel they do not read.
 */
final class PausableReads extends AdaptiveRecvByteBufAllocator {

    /** The most that one read takes in, in bytes. */
    static final int MAX_READ = 64 * 1024;

    private static final int MIN_READ = 512;
    private static final int FIRST_READ = 4 * 1024;
    private static final int READS_PER_TURN = 4;

    PausableReads() {
        super(MIN_READ, FIRST_READ, MAX_READ);
        maxMessagesPerRead(READS_PER_TURN);
    }

    @Override
    @SuppressWarnings("deprecation") // the interface itself still asks for the deprecated type
    public RecvByteBufAllocator.Handle newHandle() {
        return new PausableHandle((RecvByteBufAllocator.ExtendedHandle) super.newHandle());
    }

    /** Says that a channel which is not read has something to tell. It is no failure, and has no stack to trace. */
    static final class Paused extends RuntimeException {

        private static final long serialVersionUID = 1;

        private Paused() {
            super("reading is switched off", null, false, false);
        }
    }

    @SuppressWarnings("deprecation")
    private static final class PausableHandle extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {

        private final RecvByteBufAllocator.ExtendedHandle sizes;
        private @Nullable ChannelConfig config;

        PausableHandle(RecvByteBufAllocator.ExtendedHandle sizes) {
            super(sizes);
            this.sizes = sizes;
        }

        @Override
        public void reset(ChannelConfig channelConfig) {
            config = channelConfig;
            super.reset(channelConfig);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            if (config != null && !config.isAutoRead()) {
                throw new Paused();
            }
            return super.allocate(alloc);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return sizes.continueReading(maybeMoreData);
        }
    }
}
