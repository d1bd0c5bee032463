package io.mooring.l4.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import javax.net.ssl.SSLException;

/**
 * Makes a TLS stream behave to the handlers behind it as a TCP stream does.
 *
 * <p>The peer's {@code close_notify} is the end of its output. A TCP stream that ends without one has been cut short,
 * and is an error, as a record that cannot be read is. Before TLS 1.3 a {@code close_notify} ends both directions (RFC
 * 5246, section 7.2.1): what is written after it fails.
 *
 * <p>Confined to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the promise of a write is its writer's
public final class TlsStream extends ChannelDuplexHandler {

    private static final String TLS = "mooring.tls";

    private final SslHandler ssl;
    private final ReadGate gate;
    private final TlsHandshake handshake;
    private boolean handshakeOver;
    private boolean inputEnded;

    private TlsStream(SslHandler ssl, ReadGate gate, TlsHandshake handshake) {
        this.ssl = ssl;
        this.gate = gate;
        this.handshake = handshake;
    }

    /** Puts TLS before the handler of this name. */
    static void install(ChannelPipeline pipeline, String before, SslHandler ssl, TlsHandshake handshake) {
        ReadGate gate = new ReadGate();
        // Who accepts and connects has a timer of its own, in which more than the handshake must be over.
        ssl.setHandshakeTimeoutMillis(0);
        pipeline.addBefore(before, null, gate)
                .addBefore(before, TLS, ssl)
                .addBefore(before, null, new TlsStream(ssl, gate, handshake));
    }

    /**
     * Sends what is still unsent and, where TLS is spoken, that it was all.
     *
     * @return succeeds when the socket has taken it
     */
    public static ChannelFuture sendLast(DuplexChannel channel) {
        SslHandler ssl = (SslHandler) channel.pipeline().get(TLS);
        if (ssl == null) {
            return channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        }
        channel.flush();
        return ssl.closeOutbound();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
                succeed();
            } else {
                fail(completion.cause());
            }
        } else if (event instanceof SslCloseCompletionEvent completion) {
            if (completion.isSuccess()) {
                endInput(ctx);
            }
        } else if (!(event instanceof ChannelInputShutdownEvent)) {
            ctx.fireUserEventTriggered(event);
        } else if (!inputEnded) {
            cutShort(ctx, new IOException("the peer ended TLS without a close_notify"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (reason instanceof SSLException) {
            cutShort(ctx, reason);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (inputEnded && ssl.engine().isOutboundDone() && msg instanceof ByteBuf data && data.isReadable()) {
            ReferenceCountUtil.release(msg);
            promise.setFailure(new IOException("the peer has closed TLS"));
        } else {
            ctx.write(msg, promise);
        }
    }

    private void succeed() {
        if (!handshakeOver) {
            handshakeOver = true;
            handshake.succeeded(ssl.engine());
        }
    }

    private void fail(Throwable cause) {
        if (!handshakeOver) {
            handshakeOver = true;
            handshake.failed(cause);
        }
    }

    private void cutShort(ChannelHandlerContext ctx, Throwable cause) {
        if (!handshakeOver) {
            fail(cause);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private void endInput(ChannelHandlerContext ctx) {
        if (!inputEnded) {
            inputEnded = true;
            gate.shut();
            ctx.fireChannelReadComplete();
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }
}
