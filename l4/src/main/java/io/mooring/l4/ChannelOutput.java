package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Through a channel, which keeps what its socket does not take yet, up to its high water mark.
 *
 * <p>A write that fails later comes back to the channel's handlers.
 */
@SuppressWarnings("FutureReturnValueIgnored") // see above
final class ChannelOutput implements DatagramOutput {

    private final Channel channel;
    private final Losses losses;

    ChannelOutput(Channel channel, Losses losses) {
        this.channel = channel;
        this.losses = losses;
    }

    @Override
    public void add(@Nullable InetSocketAddress to, ByteBuf payload) {
        if (!channel.isWritable()) {
            channel.flush();
        }
        if (!channel.isWritable()) {
            losses.lost(1, null);
            return;
        }
        ByteBuf copy = Transport.BUFFERS.directBuffer(payload.readableBytes()).writeBytes(payload);
        channel.write(to == null ? copy : new DatagramPacket(copy, to), channel.voidPromise());
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void close() {
        channel.close();
    }
}
