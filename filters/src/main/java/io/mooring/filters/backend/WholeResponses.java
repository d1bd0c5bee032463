package io.mooring.filters.backend;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Tells the responses that come in one piece from the others, before anybody has to begin with their head: it holds a
 * head, and what follows, until the end is there or there is nothing more to read for now. So it delays nothing by
 * more than a turn of the event loop, and holds no more than one read of the connection gives.
 *
 * <p>Belongs to one connection and is used on its event loop.
 */
final class WholeResponses extends ChannelInboundHandlerAdapter {

    /** Of a longer response the head may go first: there is little to gain. */
    private static final int MOST_BYTES = 32 * 1024;

    private final Queue<Object> held = new ArrayDeque<>(3);
    private int heldBytes;
    private boolean whole;
    private boolean begun;

    /** Whether a response was read on the connection, or a part of one. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether the response whose head was read last came whole, and without trailers. */
    boolean isWhole() {
        return whole;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (held.isEmpty() && !(message instanceof HttpResponse && !(message instanceof HttpContent))) {
            ctx.fireChannelRead(message);
            return;
        }
        held.add(message);
        if (message instanceof HttpContent content) {
            heldBytes += content.content().readableBytes();
        }
        if (message instanceof LastHttpContent last) {
            release(
                    ctx,
                    last.decoderResult().isSuccess() && last.trailingHeaders().isEmpty());
        } else if (heldBytes > MOST_BYTES) {
            release(ctx, false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        release(ctx, false);
        ctx.fireChannelReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        release(ctx, false);
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release(ctx, false);
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }

    private void release(ChannelHandlerContext ctx, boolean complete) {
        if (held.isEmpty()) {
            return;
        }
        whole = complete;
        begun = true;
        heldBytes = 0;
        for (Object message = held.poll(); message != null; message = held.poll()) {
            ctx.fireChannelRead(message);
        }
    }
}
