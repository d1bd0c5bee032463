package io.mooring.filters.backend;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Drops the interim responses of a backend (RFC 9110, section 15.2), which Reactor Netty would take for the final
 * one: all but {@code 100 Continue}, which it knows, and {@code 101 Switching Protocols}, which is final.
 */
final class InterimResponseDropper extends ChannelInboundHandlerAdapter {

    private boolean dropping;
    private boolean mustReadOn;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpResponse response && isInterim(response)) {
            dropping = true;
        }
        if (!dropping) {
            mustReadOn = false;
            ctx.fireChannelRead(message);
            return;
        }
        mustReadOn = true;
        dropping = !(message instanceof LastHttpContent);
        ReferenceCountUtil.release(message);
    }

    /** Whoever asked to read got nothing of it, and would not ask again. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (mustReadOn) {
            mustReadOn = false;
            ctx.read();
        }
        ctx.fireChannelReadComplete();
    }

    private static boolean isInterim(HttpResponse response) {
        HttpResponseStatus status = response.status();
        return status.codeClass() == HttpStatusClass.INFORMATIONAL
                && status.code() != HttpResponseStatus.CONTINUE.code()
                && status.code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
    }
}
