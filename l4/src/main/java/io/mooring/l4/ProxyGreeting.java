package io.mooring.l4;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stage of a connection in which a proxy says who its client is. A header ends it, and what is left in the pipeline
 * is the relay alone; what came behind the header goes on as it came. Anything else ends the connection.
 *
 * <p>At most {@value #MAX_TLV_BYTES} bytes of what version 2 allows beside the addresses are taken, and none is kept.
 *
 * <p>Confined to the event loop of the socket, but for {@link #stop}.
 */
final class ProxyGreeting extends ChannelInboundHandlerAdapter implements OpenConnection {

    static final int MAX_TLV_BYTES = 4 * 1024;

    private final TcpListener listener;
    private final Channel accepted;
    private @Nullable Future<?> timer;
    private boolean begun;
    private boolean over;

    private ProxyGreeting(TcpListener listener, Channel accepted) {
        this.listener = listener;
        this.accepted = accepted;
    }

    /** Waits for the header on a socket that has been accepted. */
    static ProxyGreeting await(TcpListener listener, Channel accepted, Duration timeout) {
        ProxyGreeting greeting = new ProxyGreeting(listener, accepted);
        accepted.pipeline().addLast(greeting.new Decoder(), greeting);
        greeting.timer = accepted.eventLoop()
                .schedule(() -> greeting.refuse(Refusal.PROXY_HEADER_TIMEOUT), timeout.toNanos(), TimeUnit.NANOSECONDS);
        accepted.config().setAutoRead(true);
        return greeting;
    }

    @Override
    public void stop() {
        accepted.eventLoop().execute(this::abandon);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        HAProxyMessage header = (HAProxyMessage) msg;
        ClientAddresses addresses;
        try {
            addresses = ProxyHeader.read(header, ClientAddresses.of(accepted));
        } finally {
            header.release();
        }
        if (end()) {
            accepted.config().setAutoRead(false);
            ctx.pipeline().remove(this);
            listener.relay(this, accepted, addresses);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            gone();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            gone();
        } else {
            refuse(Refusal.BAD_PROXY_HEADER);
        }
    }

    /** A proxy that only looks whether we are there says nothing at all; one that said half of it is refused. */
    private void gone() {
        if (begun) {
            refuse(Refusal.BAD_PROXY_HEADER);
        } else {
            abandon();
        }
    }

    private void refuse(Refusal reason) {
        if (!over) {
            listener.refuse(reason);
            abandon();
        }
    }

    private void abandon() {
        if (end()) {
            RelaySide.reset(accepted);
            listener.ended(this);
        }
    }

    private boolean end() {
        if (over) {
            return false;
        }
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
        return true;
    }

    /** Notes that something came. */
    private final class Decoder extends HAProxyMessageDecoder {

        Decoder() {
            super(MAX_TLV_BYTES);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
            begun = true;
            super.channelRead(ctx, msg);
        }
    }
}
