package io.mooring.l4.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client's first bytes until it is known whether they are a TLS hello and which server it is for, then tells
 * so, hands them on as they came, and leaves the pipeline.
 *
 * <p>It holds at most {@link ClientHello#MAX_BYTES} and one read. The channel must be read; who is told may change
 * that, and put handlers behind this one. Confined to the channel's event loop.
 */
public final class HelloPeek extends ChannelInboundHandlerAdapter {

    private final Consumer<ClientHello> told;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private @Nullable ChannelHandlerContext context;
    private boolean done;

    /** Tells this one, once, unless the connection is gone before. */
    public HelloPeek(Consumer<ClientHello> told) {
        this.told = told;
    }

    /** Gives up waiting: what came so far is no hello. Does nothing if it is already known. */
    public void giveUp() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && !done && !ctx.isRemoved()) {
            conclude(ctx, ClientHello.OTHER);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        done = true;
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        bytes = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), bytes, (ByteBuf) msg);
        ClientHello hello = ClientHello.read(bytes);
        if (hello.kind() != ClientHello.Kind.INCOMPLETE) {
            conclude(ctx, hello);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            conclude(ctx, ClientHello.OTHER);
        }
        ctx.fireUserEventTriggered(event);
    }

    private void conclude(ChannelHandlerContext ctx, ClientHello hello) {
        done = true;
        told.accept(hello);
        if (ctx.isRemoved()) {
            return;
        }
        ByteBuf first = bytes;
        bytes = Unpooled.EMPTY_BUFFER;
        if (first.isReadable()) {
            ctx.fireChannelRead(first);
            ctx.fireChannelReadComplete();
        } else {
            first.release();
        }
        ctx.pipeline().remove(this);
    }
}
