package io.mooring.health;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;

/** What is said and heard on the connection of a probe. A backend that breaks off fails it. */
sealed class ProbeExchange extends ChannelInboundHandlerAdapter
        permits Handshake, HttpExchange, GrpcExchange, UdpExchange {

    private final ProbeAttempt attempt;

    ProbeExchange(ProbeAttempt attempt) {
        this.attempt = attempt;
    }

    final ProbeAttempt attempt() {
        return attempt;
    }

    /** The connection is as it should be: over TLS when it is secured, else when it stands. */
    void ready(ChannelHandlerContext ctx) {}

    /** Something has come; it is released afterwards. */
    void received(ChannelHandlerContext ctx, Object message) {}

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (ctx.pipeline().get(SslHandler.class) == null) {
            ready(ctx);
        }
    }

    @Override
    public final void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                ready(ctx);
            } else {
                attempt.failed(handshake.cause());
            }
        }
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            received(ctx, message);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        attempt.bad("it closed the connection");
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        attempt.failed(cause);
    }
}
