package io.mooring.health;

import io.mooring.balancer.upstream.ProxyProtocol;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Begins a connection with the header of the PROXY protocol that says it is the gateway's own and carries no client, in
 * front of the handlers behind this one; then leaves the pipeline.
 *
 * <p>Confined to the event loop of the socket. The headers are those of the protocol's
 * <a href="https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt">specification</a>, sections 2.1 and 2.2.
 */
final class SelfAnnouncement extends ChannelInboundHandlerAdapter {

    private static final byte[] UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The signature, version 2 with the command LOCAL, no family, and no address. */
    private static final byte[] LOCAL = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "20" + "00" + "0000");

    private final ProxyProtocol version;

    SelfAnnouncement(ProxyProtocol version) {
        this.version = version;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a write that fails comes back as exceptionCaught
    public void channelActive(ChannelHandlerContext ctx) {
        byte[] header = switch (version) {
            case V1 -> UNKNOWN;
            case V2 -> LOCAL;
        };
        ctx.writeAndFlush(Unpooled.wrappedBuffer(header), ctx.voidPromise());
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }
}
