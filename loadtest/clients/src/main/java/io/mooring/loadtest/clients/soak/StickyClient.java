package io.mooring.loadtest.clients.soak;

import io.mooring.loadtest.clients.soak.Tally.Fault;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client with a cookie jar that sends a request at every interval, on a connection that it keeps for some requests,
 * drops and opens again. A request that is due while another is under way follows it at once.
 *
 * <p>Confined to its event loop. It owns its connection and closes it in the end.
 */
final class StickyClient {

    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final int number;
    private final SoakOptions options;
    private final EventLoop loop;
    private final Tally tally;
    private final RandomGenerator random;
    private final Promise<Void> done;
    private final CookieJar cookies = new CookieJar();
    private long dueNanos;
    private long endNanos;
    private int requestsLeft;
    private @Nullable Channel channel;
    private @Nullable Future<?> timeout;
    private @Nullable String backend;

    StickyClient(int number, SoakOptions options, EventLoop loop, Tally tally, RandomGenerator random) {
        this.number = number;
        this.options = options;
        this.loop = loop;
        this.tally = tally;
        this.random = random;
        this.done = loop.newPromise();
    }

    /** Begins, with the first request somewhere in the first interval; the future completes after the last response. */
    Future<Void> start() {
        long now = System.nanoTime();
        dueNanos = now + random.nextLong(options.interval().toNanos());
        endNanos = now + options.length().toNanos();
        awaitNext();
        return done;
    }

    private void awaitNext() {
        if (dueNanos - endNanos >= 0) {
            drop();
            done.setSuccess(null);
            return;
        }
        loop.schedule(this::connectAndSend, Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS)
                .addListener(sent -> {
                    if (!sent.isSuccess()) {
                        done.tryFailure(sent.cause());
                    }
                });
    }

    private void connectAndSend() {
        if (channel != null) {
            send(channel);
            return;
        }
        new Bootstrap()
                .group(loop)
                .channelFactory(Soak.TRANSPORT)
                .handler(new Pipeline())
                .connect(options.target().getHost(), options.target().getPort())
                .addListener((ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        tally.connected();
                        channel = connected.channel();
                        requestsLeft = 1 + random.nextInt(2 * options.requestsPerConnection() - 1);
                        send(connected.channel());
                    } else {
                        failed(Fault.CONNECT, String.valueOf(connected.cause()));
                    }
                });
    }

    private void send(Channel connection) {
        URI target = options.target();
        String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, target.getRawAuthority());
        cookies.addTo(request.headers());
        timeout = loop.schedule(
                () -> failed(Fault.TIMEOUT, "nothing in " + RESPONSE_TIMEOUT),
                RESPONSE_TIMEOUT.toNanos(),
                TimeUnit.NANOSECONDS);
        connection.writeAndFlush(request).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    private void received(FullHttpResponse response) {
        settle();
        String body = response.content().toString(StandardCharsets.UTF_8).strip();
        if (!response.status().equals(HttpResponseStatus.OK) || body.isEmpty()) {
            failed(Fault.STATUS, response.status() + " " + body);
            return;
        }
        tally.answered(System.nanoTime() - dueNanos);
        if (response.headers().contains(HttpHeaderNames.SET_COOKIE)) {
            cookies.update(response.headers());
            tally.cookieRenewed();
        }
        if (backend == null) {
            backend = body;
            tally.bound(body);
            if (cookies.isEmpty()) {
                failed(Fault.NO_COOKIE, "from " + body);
                return;
            }
        } else if (!backend.equals(body)) {
            String before = backend;
            backend = body;
            failed(Fault.CHANGED, "from " + before + " to " + body);
            return;
        }
        requestsLeft--;
        if (requestsLeft == 0 || !HttpUtil.isKeepAlive(response)) {
            drop();
        }
        proceed();
    }

    private void lost(Channel connection, String why) {
        if (connection != channel) {
            return;
        }
        if (timeout != null) {
            failed(Fault.CLOSED, why);
        } else {
            drop();
        }
    }

    private void failed(Fault fault, String detail) {
        tally.failed(fault, number, detail);
        settle();
        drop();
        proceed();
    }

    private void settle() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }

    private void proceed() {
        dueNanos += options.interval().toNanos();
        awaitNext();
    }

    private void drop() {
        Channel dropped = channel;
        channel = null;
        if (dropped != null) {
            dropped.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
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
            if (context.channel() == channel) {
                received(response);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            lost(context.channel(), "closed by the gateway");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            lost(context.channel(), String.valueOf(cause));
        }
    }
}
