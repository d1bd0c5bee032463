package io.mooring.l4.tls;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands between the socket and TLS, and keeps the two from reading more than they are asked to.
 *
 * <p>TLS asks for the rest of a record even while reading is switched off, which would defeat the backpressure: that is
 * not passed on. What a peer sends after it has ended TLS is dropped.
 */
final class ReadGate extends ChannelDuplexHandler {

    private boolean shut;

    /** Drops whatever comes from now on. */
    void shut() {
        shut = true;
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (shut) {
            ReferenceCountUtil.release(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
    }
}
