package io.mooring.l4;

import io.mooring.balancer.topology.TcpSpec.KeepAlive;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes the kind of sockets that the event loops are for. */
record Transport(EventLoops loops, EventLoopGroup group, PortSharing sharing) {

    /**
     * What sockets read into. Netty's default, the adaptive allocator, has event loops wait for one another's locks.
     */
    static final ByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;

    /** How much of datagrams may wait for a socket to take them. */
    static final WriteBufferWaterMark DATAGRAM_WATER_MARKS = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    static Transport on(EventLoops loops, PortSharing sharing) {
        return new Transport(loops, loops.onServer(loops.isNative()), sharing);
    }

    /** Finds out whether the port may be opened by sockets that can share one; others find out by themselves. */
    void claimTcp(InetSocketAddress address) throws IOException {
        if (loops.isNative()) {
            sharing.requireTcp(address);
        }
    }

    /**
     * Where a listening socket lives, and where what it accepts does.
     *
     * @param listening of these, one is for the socket
     * @param accepted these take turns
     */
    record Loops(EventLoopGroup listening, EventLoopGroup accepted) {}

    /**
     * For each socket that is to listen on a port: one each loop where sockets can share a port, or else one for all.
     */
    List<Loops> listening() {
        if (!loops.isNative()) {
            return List.of(new Loops(group, group));
        }
        List<Loops> each = new ArrayList<>();
        for (EventExecutor loop : group) {
            each.add(new Loops((EventLoopGroup) loop, (EventLoopGroup) loop));
        }
        return List.copyOf(each);
    }

    /** Lets listening sockets share their port where they can, and has the kernel probe peers that are silent. */
    void prepareListening(ServerBootstrap sockets, KeepAlive spec) {
        if (loops.isNative()) {
            sockets.option(UnixChannelOption.SO_REUSEPORT, true);
            SocketOptions.nativeKeepAlive(spec).forEach(sockets::option);
        } else {
            sockets.childOption(ChannelOption.SO_KEEPALIVE, true);
            SocketOptions.jdkKeepAlive(spec).forEach(sockets::childOption);
        }
    }

    /** Has the kernel probe peers that are silent. */
    void probeSilentPeers(Bootstrap sockets, KeepAlive spec) {
        if (loops.isNative()) {
            SocketOptions.nativeKeepAlive(spec).forEach(sockets::option);
        } else {
            sockets.option(ChannelOption.SO_KEEPALIVE, true);
            SocketOptions.jdkKeepAlive(spec).forEach(sockets::option);
        }
    }

    /**
     * Connects a socket. The outcome is told on the event loop, which Netty does not do if there is no descriptor for a
     * socket.
     */
    static void connect(Bootstrap sockets, EventLoop loop, InetSocketAddress address, Consumer<Future<?>> outcome) {
        sockets.connect(address).addListener(connected -> {
            if (loop.inEventLoop()) {
                outcome.accept(connected);
            } else {
                loop.execute(() -> outcome.accept(connected));
            }
        });
    }

    ServerSocketChannel newListening() {
        return loops.onChannel(ServerSocketChannel.class, group);
    }

    SocketChannel newStream() {
        return loops.onChannel(SocketChannel.class, group);
    }

    /** For datagrams from and to this address; a socket for IPv4 alone costs less than one that speaks IPv6, too. */
    DatagramChannel newDatagrams(InetAddress address) {
        if (address.isAnyLocalAddress() || !(address instanceof Inet4Address)) {
            return loops.onChannel(DatagramChannel.class, group);
        }
        return loops.isNative()
                ? new EpollDatagramChannel(SocketProtocolFamily.INET)
                : new NioDatagramChannel(SocketProtocolFamily.INET);
    }

    Class<? extends SocketChannel> streamType() {
        return loops.onChannelClass(SocketChannel.class, group);
    }

    Class<? extends DatagramChannel> datagramType() {
        return loops.onChannelClass(DatagramChannel.class, group);
    }
}
