package io.mooring.l4;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import reactor.netty.resources.LoopResources;

/** The event loops and the kind of sockets that live on them: native epoll, or the JDK's where that is missing. */
final class Transport {

    private final LoopResources loops;
    private final EventLoopGroup group;

    Transport(LoopResources loops) {
        this.loops = loops;
        this.group = loops.onServer(LoopResources.DEFAULT_NATIVE);
    }

    LoopResources loops() {
        return loops;
    }

    boolean isNative() {
        return EpollSocketChannel.class.isAssignableFrom(streamType());
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
