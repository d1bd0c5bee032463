package io.mooring.l4;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.FutureMono;

/**
 * One socket that listens for a {@link TcpListener}, and turns away at once whom the listener does not admit.
 *
 * <p>When accepting fails, as for want of file descriptors, it is paused for a second, and said once.
 *
 * <p>Confined to the event loop of the socket, but for {@link #bind}, {@link #retire} and {@link #close}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on an event loop that shuts down is of no concern
final class TcpAcceptor extends ChannelInboundHandlerAdapter {

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final int LOOKS = 400;
    private static final long UNKNOWN = -1;

    private final TcpListener listener;
    private final Transport.Loops loops;
    private final Sinks.Empty<Void> closed = Sinks.empty();
    /** Made beforehand, since there may be no descriptor left to load a class with. */
    private final Runnable goOn = this::goOn;

    private volatile @Nullable Channel socket;
    private long accepted;
    private boolean failing;
    private boolean retiring;

    TcpAcceptor(TcpListener listener, Transport.Loops loops) {
        this.listener = listener;
        this.loops = loops;
    }

    /** Opens the port when it is subscribed to; the bootstrap is for this socket alone. */
    Mono<Void> bind(ServerBootstrap bootstrap, InetSocketAddress address) {
        return Mono.defer(() -> {
            ChannelFuture bound = bootstrap
                    .group(loops.listening(), loops.accepted())
                    .handler(this)
                    .bind(address);
            socket = bound.channel();
            return FutureMono.from(bound);
        });
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return (InetSocketAddress) bound().localAddress();
    }

    /** Closes the port once those are accepted whom the kernel has connected, and completes then. */
    Mono<Void> retire() {
        return Mono.defer(() -> {
            bound().eventLoop().execute(this::beginToRetire);
            return closed.asMono();
        });
    }

    /** Closes the port now. */
    Mono<Void> close() {
        Channel listening = socket;
        return listening == null ? Mono.empty() : FutureMono.from(listening.close());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        accepted++;
        failing = false;
        Channel client = (Channel) msg;
        if (listener.admits((InetSocketAddress) client.remoteAddress())) {
            ctx.fireChannelRead(client);
        } else {
            client.config().setOption(ChannelOption.SO_LINGER, 0);
            client.unsafe().closeForcibly();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed.tryEmitEmpty();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!failing) {
            failing = true;
            listener.context().failed("accepting", cause);
        }
        ctx.channel().config().setAutoRead(false);
        later(goOn, PAUSE);
    }

    private void goOn() {
        bound().config().setAutoRead(true);
    }

    private void beginToRetire() {
        if (!retiring) {
            retiring = true;
            boolean filtered = NewcomerFilter.attach(bound());
            later(() -> closeWhenEmpty(UNKNOWN, LOOKS), filtered ? NewcomerFilter.ROUND_TRIP : Duration.ZERO);
        }
    }

    /** The queue is empty when the event loop has looked at it in vain. */
    private void closeWhenEmpty(long before, int looks) {
        long now = accepted;
        if (now == before || looks == 0) {
            bound().close();
        } else {
            later(() -> closeWhenEmpty(now, looks - 1), LOOK_AGAIN);
        }
    }

    private void later(Runnable task, Duration delay) {
        bound().eventLoop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private Channel bound() {
        Channel listening = socket;
        if (listening == null) {
            throw new IllegalStateException("the listener is not open");
        }
        return listening;
    }
}
