package io.mooring.l4;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One that is a channel of Netty's, on any transport. */
final class ChannelBackendSocket extends ChannelInboundHandlerAdapter implements BackendSocket {

    private final DatagramBuffers buffers;
    private final Owner owner;
    private @Nullable DatagramOutput output;
    private boolean closed;

    private ChannelBackendSocket(DatagramBuffers buffers, Owner owner) {
        this.buffers = buffers;
        this.owner = owner;
    }

    /**
     * Connects one, and tells its owner.
     *
     * @param buffers what is received in
     */
    static void connect(
            Bootstrap sockets, EventLoop loop, InetSocketAddress address, DatagramBuffers buffers, Owner owner) {
        ChannelBackendSocket socket = new ChannelBackendSocket(buffers, owner);
        owner.opened(socket);
        Transport.connect(sockets.handler(socket), loop, address, connected -> {
            if (socket.closed) {
                return;
            }
            if (connected.isSuccess()) {
                owner.connected();
            } else if (socket.output != null) {
                owner.unreachable();
            } else {
                owner.failed(connected.cause());
            }
        });
    }

    @Override
    public void add(ByteBuf payload) {
        if (output != null) {
            output.add(null, payload);
        }
    }

    @Override
    public void flush() {
        if (output != null) {
            output.flush();
        }
    }

    @Override
    public void close() {
        closed = true;
        if (output != null) {
            output.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        buffers.lendTo(channel);
        output = new ChannelOutput(channel, owner);
        if (closed) {
            output.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        try {
            if (closed) {
                return;
            }
            if (packet.content().isReadable()) {
                owner.answered(packet.content());
            } else {
                owner.dropped(1);
            }
        } finally {
            packet.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!closed) {
            owner.lost(1, cause);
        }
    }
}
