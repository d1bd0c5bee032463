package io.mooring.loadtest.clients.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client connection that carries one request at a time, on an epoll event loop.
 *
 * <p>Confined to its event loop. Its owner closes it; after that, or after {@link Owner#lost}, the owner hears nothing
 * more of it.
 */
public final class HttpConnection {

    /** Who hears what becomes of the connection and of the request under way. */
    public interface Owner {

        void opened();

        /** The response is the connection's, which releases it afterwards. */
        void answered(FullHttpResponse response);

        /** The connection is gone, and with it the request under way. */
        void lost(Fault fault, String why);

        /** The gateway closed the connection while no request was under way. */
        void closedIdle();
    }

    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final EventLoop loop;
    private final Owner owner;
    private @Nullable Channel channel;
    private @Nullable Future<?> timeout;
    private boolean ended;

    private HttpConnection(EventLoop loop, Owner owner) {
        this.loop = loop;
        this.owner = owner;
    }

    /** Begins to open a connection; the owner hears of it later, never during this call. */
    public static HttpConnection open(InetSocketAddress address, EventLoop loop, Owner owner) {
        HttpConnection connection = new HttpConnection(loop, owner);
        new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(connection.new Pipeline())
                .connect(address)
                .addListener((ChannelFuture connected) -> connection.connected(connected));
        return connection;
    }

    private void connected(ChannelFuture connected) {
        channel = connected.channel();
        if (ended) {
            close();
        } else if (connected.isSuccess()) {
            owner.opened();
        } else {
            ended = true;
            owner.lost(Fault.CONNECT, String.valueOf(connected.cause()));
        }
    }

    /** Sends a request, if the connection is open and none is under way. */
    public void send(FullHttpRequest request) {
        if (channel == null || timeout != null) {
            throw new IllegalStateException("not open, or a request is under way");
        }
        timeout = loop.schedule(
                () -> end(Fault.TIMEOUT, "nothing in " + RESPONSE_TIMEOUT),
                RESPONSE_TIMEOUT.toNanos(),
                TimeUnit.NANOSECONDS);
        channel.writeAndFlush(request).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    public void close() {
        ended = true;
        settle();
        if (channel != null) {
            channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    private boolean settle() {
        if (timeout == null) {
            return false;
        }
        timeout.cancel(false);
        timeout = null;
        return true;
    }

    private void end(Fault fault, String why) {
        if (ended) {
            return;
        }
        boolean underWay = settle();
        close();
        if (underWay) {
            owner.lost(fault, why);
        } else {
            owner.closedIdle();
        }
    }

    private final class Pipeline extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel connection) {
            connection
                    .pipeline()
                    .addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_BODY_BYTES), new Responses());
        }
    }

    private final class Responses extends SimpleChannelInboundHandler<FullHttpResponse> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (settle()) {
                owner.answered(response);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(Fault.CLOSED, "by the gateway");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            end(Fault.CLOSED, String.valueOf(cause));
        }
    }
}
