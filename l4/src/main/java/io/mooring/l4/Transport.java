package io.mooring.l4;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;

/** Makes the kind of sockets that the event loops are for. */
record Transport(EventLoops loops, EventLoopGroup group) {

    /** What sockets read into. Netty's default, the adaptive allocator, has event loops wait for one another's locks. */
    static final ByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;

    static Transport on(EventLoops loops) {
        return new Transport(loops, loops.onServer(loops.isNative()));
    }

    SocketChannel newStream() {
        return loops.onChannel(SocketChannel.class, group);
    }

    DatagramChannel newDatagrams() {
        return loops.onChannel(DatagramChannel.class, group);
    }

    Class<? extends SocketChannel> streamType() {
        return loops.onChannelClass(SocketChannel.class, group);
    }

    Class<? extends DatagramChannel> datagramType() {
        return loops.onChannelClass(DatagramChannel.class, group);
    }
}
