package io.mooring.l4;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;

/**
 * A socket that clients write to, on one event loop. What is sent to clients in one turn of the loop leaves at its end.
 *
 * <p>Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails comes back as exceptionCaught
final class UdpSocket extends ChannelInboundHandlerAdapter {

    /** Whether others may be bound to the same port. */
    enum Sharing {
        /** Only after it is bound itself: a port in use is an error. */
        FROM_NOW_ON,
        /** With those that are there, which must allow it. */
        FROM_THE_START
    }

    private static final int KERNEL_BUFFER = 4 * 1024 * 1024;

    private final UdpLoop loop;
    private final Channel channel;
    private final DatagramOutput answers;
    private final boolean wildcard;
    private boolean unflushed;

    private UdpSocket(UdpLoop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
        this.answers = channel instanceof EpollDatagramChannel epoll
                ? new NativeOutput((Socket) epoll.fd(), this::lost)
                : new ChannelOutput(channel, this::lost);
        this.wildcard = address().getAddress().isAnyLocalAddress();
    }

    /** Binds one, when subscribed to; what it receives, the loop is told from then on. */
    static Mono<UdpSocket> bind(UdpLoop loop, InetSocketAddress address, Sharing sharing) {
        Transport transport = loop.context().transport();
        boolean epoll = transport.loops().isNative();
        return Mono.create(sink -> {
            Bootstrap bootstrap = new Bootstrap()
                    .group(loop.eventLoop())
                    .channelFactory(() -> transport.newDatagrams(address.getAddress()))
                    .option(ChannelOption.SO_RCVBUF, KERNEL_BUFFER)
                    .option(ChannelOption.SO_SNDBUF, KERNEL_BUFFER)
                    .option(ChannelOption.ALLOCATOR, Transport.BUFFERS)
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.DATAGRAM_WATER_MARKS)
                    .option(ChannelOption.AUTO_READ, false)
                    .handler(new ChannelInboundHandlerAdapter());
            if (epoll && sharing == Sharing.FROM_THE_START) {
                bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
            }
            bootstrap.bind(address).addListener((ChannelFuture bound) -> {
                if (!bound.isSuccess()) {
                    sink.error(ChannelBindException.fail(address, bound.cause()));
                    return;
                }
                UdpSocket socket = new UdpSocket(loop, bound.channel());
                socket.begin(epoll);
                sink.success(socket);
            });
        });
    }

    private void begin(boolean epoll) {
        if (epoll) {
            channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
            if (wildcard) {
                channel.config().setOption(EpollChannelOption.IP_RECVORIGDSTADDR, true);
            }
        }
        loop.clientBuffers(wildcard).lendTo(channel);
        channel.pipeline().addLast(this);
        channel.config().setAutoRead(true);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Whether it is bound to all of the machine's addresses. */
    boolean isWildcard() {
        return wildcard;
    }

    /** Sends an answer to a client at the end of this turn of the loop; the caller keeps the payload. */
    void answer(InetSocketAddress client, ByteBuf payload) {
        answers.add(client, payload);
        if (!unflushed) {
            unflushed = true;
            loop.flushLater(this);
        }
    }

    void flush() {
        unflushed = false;
        answers.flush();
    }

    void close(Runnable closed) {
        answers.close();
        channel.close().addListener(done -> closed.run());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        try {
            if (packet.content().isReadable()) {
                loop.fromClient(this, writtenTo(packet), packet.sender(), packet.content());
            } else {
                loop.dropped(1);
            }
        } finally {
            packet.release();
        }
    }

    /** Its descriptor is closed, and may be another's soon. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        answers.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lost(1, cause);
    }

    private void lost(int datagrams, @Nullable Throwable cause) {
        loop.dropped(datagrams);
        if (cause != null && !(cause instanceof IOException)) {
            loop.context().failed("a datagram", cause);
        }
    }

    /** Which of the machine's addresses; null if the socket is bound to all of them and the kernel has not said. */
    private @Nullable InetAddress writtenTo(DatagramPacket packet) {
        InetSocketAddress recipient = packet.recipient();
        InetAddress local = recipient == null ? null : recipient.getAddress();
        return local == null || local.isAnyLocalAddress() ? null : local;
    }
}
