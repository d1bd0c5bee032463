package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Sinks;

/** What a client of HTTP/2 sees of a gateway's process that is told to stop by SIGTERM. */
class GoAwayTest {

    @TempDir
    Path directory;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CompletableFuture<Long> wentAway = new CompletableFuture<>();
    private final CompletableFuture<String> body = new CompletableFuture<>();

    @AfterEach
    void stopClient() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void theStreamInFlightIsFinishedAndNoOtherIsToBeOpened() throws Exception {
        int http = Ports.free(Protocol.TCP);
        CountDownLatch arrived = new CountDownLatch(1);
        Sinks.One<String> answer = Sinks.one();
        try (HttpBackends backends = HttpBackends.start("shop", 1, id -> (request, response) -> {
                    arrived.countDown();
                    return response.sendString(answer.asMono());
                });
                GatewayProcess gateway =
                        GatewayProcess.start(directory, http, yaml(backends), "--server.http2.enabled=true")) {
            Channel connection = connect(http);
            ask(connection);
            assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(wentAway).isNotDone();

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> stop(gateway), Awaiting.THREADS);
            assertThat(wentAway.get(20, TimeUnit.SECONDS)).as("the error code").isZero();
            assertThat(stopped).isNotDone();

            answer.tryEmitValue("served").orThrow();
            assertThat(body.get(20, TimeUnit.SECONDS)).isEqualTo("served");
            stopped.get(20, TimeUnit.SECONDS);
        }
    }

    private static void stop(GatewayProcess gateway) {
        try {
            gateway.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Channel connect(int port) throws InterruptedException {
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forClient().build(),
                                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                                        new Listening());
                    }
                })
                .connect("127.0.0.1", port)
                .sync()
                .channel();
    }

    private void ask(Channel connection) throws Exception {
        Http2StreamChannel stream = new Http2StreamChannelBootstrap(connection)
                .handler(new Listening())
                .open()
                .get();
        Http2Headers head = new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .authority("shop")
                .path("/");
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, true)).sync();
    }

    private static String yaml(HttpBackends backends) {
        return """
                mooring:
                  upstreams:
                    shop: { backends: %s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(backends.yaml());
    }

    /** To a connection, or to a stream of it. */
    private final class Listening extends SimpleChannelInboundHandler<Http2Frame> {

        private final StringBuilder said = new StringBuilder();

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Http2Frame frame) {
            if (frame instanceof Http2GoAwayFrame goAway) {
                wentAway.complete(goAway.errorCode());
            } else if (frame instanceof Http2DataFrame data) {
                said.append(data.content().toString(StandardCharsets.UTF_8));
                if (data.isEndStream()) {
                    body.complete(said.toString());
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            body.completeExceptionally(new AssertionError("closed after: " + said));
        }
    }
}
