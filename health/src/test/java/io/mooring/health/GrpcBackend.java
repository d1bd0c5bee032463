package io.mooring.health;

import io.mooring.balancer.upstream.Backend;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A server of gRPC's health service that answers as it is told. */
final class GrpcBackend implements AutoCloseable {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final Channel listener;

    /**
     * A server that answers each call alike.
     *
     * @param answer the message in hexadecimal digits with gRPC's prefix, {@code reset}, or empty for none
     * @param grpcStatus the status in the trailers, or empty for no trailers
     * @param tls secures connections, or null for not at all
     */
    GrpcBackend(String answer, String grpcStatus, SslContext tls) {
        listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forServer().build(),
                                        new Http2MultiplexHandler(new ChannelInitializer<>() {
                                            @Override
                                            protected void initChannel(Channel stream) {
                                                stream.pipeline().addLast(new Call(answer, grpcStatus));
                                            }
                                        }));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    Backend backend() {
        return new Backend("b", "localhost", ((InetSocketAddress) listener.localAddress()).getPort(), 10);
    }

    /** Each request as its path, content type, user agent and message in hexadecimal digits. */
    Queue<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a write that fails is an answer that does not come
    private final class Call extends ChannelInboundHandlerAdapter {
        private final String answer;
        private final String grpcStatus;
        private String head = "";

        Call(String answer, String grpcStatus) {
            this.answer = answer;
            this.grpcStatus = grpcStatus;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (message instanceof Http2HeadersFrame frame) {
                    Http2Headers headers = frame.headers();
                    head = headers.method() + " " + headers.path() + " " + headers.get("content-type") + " "
                            + headers.get("user-agent");
                } else if (message instanceof Http2DataFrame frame && frame.isEndStream()) {
                    requests.add(head + " " + ByteBufUtil.hexDump(frame.content()));
                    answer(ctx);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void answer(ChannelHandlerContext ctx) {
            if (answer.equals("reset")) {
                ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR), ctx.voidPromise());
                return;
            }
            Http2Headers headers = new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
            ctx.write(new DefaultHttp2HeadersFrame(headers, false), ctx.voidPromise());
            if (!answer.isEmpty()) {
                ByteBuf bytes = Unpooled.wrappedBuffer(HexFormat.of().parseHex(answer));
                ctx.write(new DefaultHttp2DataFrame(bytes, grpcStatus.isEmpty()), ctx.voidPromise());
            }
            if (!grpcStatus.isEmpty()) {
                Http2Headers trailers = new DefaultHttp2Headers().set("grpc-status", grpcStatus);
                ctx.write(new DefaultHttp2HeadersFrame(trailers, true), ctx.voidPromise());
            }
            ctx.flush();
        }
    }
}
