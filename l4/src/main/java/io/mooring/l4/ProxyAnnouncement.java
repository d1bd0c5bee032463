package io.mooring.l4;

import io.mooring.balancer.upstream.ProxyProtocol;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;

/**
 * Tells a backend who the client is as soon as it is connected, in front of the handlers behind this one, which are to
 * speak TLS; then leaves the pipeline.
 *
 * <p>Confined to the event loop of the socket.
 */
final class ProxyAnnouncement extends ChannelInboundHandlerAdapter {

    private final ProxyProtocol version;
    private final ClientAddresses addresses;

    ProxyAnnouncement(ProxyProtocol version, ClientAddresses addresses) {
        this.version = version;
        this.addresses = addresses;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a write that fails comes back as exceptionCaught
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.pipeline().addFirst(HAProxyMessageEncoder.INSTANCE);
        ctx.writeAndFlush(ProxyHeader.message(version, addresses), ctx.voidPromise());
        ctx.pipeline().remove(HAProxyMessageEncoder.INSTANCE);
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }
}
