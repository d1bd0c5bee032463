package io.mooring.loadtest.clients.udp;

import io.mooring.loadtest.clients.loop.ClientLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import java.util.ArrayList;
import java.util.List;

/** Exchanges datagrams on many sockets for a while, and prints what they saw as one JSON object. */
public final class UdpPairs {

    /** The options. */
    public static final String USAGE = "--target HOST:PORT --sockets N --size BYTES --seconds S --window N";

    /** Of a reply; with room for several, they are received by one system call. */
    private static final int MAX_REPLY = 2048;

    private static final int REPLIES_AT_ONCE = 16;

    private UdpPairs() {}

    /**
     * Runs as the arguments say, and returns whether every datagram was answered, each by its socket's own backend.
     *
     * @throws IllegalArgumentException when the arguments make no sense
     */
    public static boolean run(List<String> arguments) throws InterruptedException {
        PairTally tally = run(UdpOptions.parse(arguments));
        System.out.println(tally.toJson());
        return tally.isGood();
    }

    /** Returns when every datagram has had its reply or is given up. */
    static PairTally run(UdpOptions options) throws InterruptedException {
        try (ClientLoop clientLoop = ClientLoop.open()) {
            long start = System.nanoTime();
            long end = start + options.length().toNanos();
            PairTally tally = new PairTally(start);
            List<Channel> sockets = new ArrayList<>();
            for (int i = 0; i < options.sockets(); i++) {
                sockets.add(open(options, clientLoop.get(), new PairSocket(options, tally, end)));
            }
            for (Channel socket : sockets) {
                socket.closeFuture().sync();
            }
            return tally;
        }
    }

    private static Channel open(UdpOptions options, EventLoop loop, PairSocket socket) throws InterruptedException {
        return new Bootstrap()
                .group(loop)
                .channel(EpollDatagramChannel.class)
                .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_REPLY)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(MAX_REPLY * Math.min(options.window(), REPLIES_AT_ONCE)))
                .handler(socket)
                .connect(options.target())
                .sync()
                .channel();
    }
}
