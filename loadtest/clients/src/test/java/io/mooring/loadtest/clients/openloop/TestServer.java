package io.mooring.loadtest.clients.openloop;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A server on one event loop, which answers each request as it is told, after a while. */
final class TestServer implements AutoCloseable {

    /** What to answer, and when. */
    record Answer(Duration after, HttpResponseStatus status, String body, String cookie) {

        static Answer of(String body) {
            return new Answer(Duration.ZERO, HttpResponseStatus.OK, body, "");
        }

        Answer after(Duration delay) {
            return new Answer(delay, status, body, cookie);
        }

        Answer with(HttpResponseStatus other) {
            return new Answer(after, other, body, cookie);
        }

        Answer setting(String pair) {
            return new Answer(after, status, body, pair);
        }

        private FullHttpResponse response() {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
            HttpUtil.setContentLength(response, response.content().readableBytes());
            if (!cookie.isEmpty()) {
                response.headers().set(HttpHeaderNames.SET_COOKIE, cookie + "; Path=/");
            }
            return response;
        }
    }

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;

    /** The function is given each request's cookies; one that throws ends the connection. */
    TestServer(Function<String, Answer> answers) throws InterruptedException {
        listener = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection
                                .pipeline()
                                .addLast(new HttpServerCodec(), new HttpObjectAggregator(1024), new Requests(answers));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    String url() {
        return "http://127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Requests extends SimpleChannelInboundHandler<FullHttpRequest> {

        private final Function<String, Answer> answers;

        Requests(Function<String, Answer> answers) {
            this.answers = answers;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            Answer answer = answers.apply(request.headers().get(HttpHeaderNames.COOKIE, ""));
            context.executor()
                    .schedule(() -> write(context, answer), answer.after().toNanos(), TimeUnit.NANOSECONDS)
                    .addListener(scheduled -> {
                        if (!scheduled.isSuccess()) {
                            context.fireExceptionCaught(scheduled.cause());
                        }
                    });
        }

        private static void write(ChannelHandlerContext context, Answer answer) {
            context.writeAndFlush(answer.response()).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }
}
