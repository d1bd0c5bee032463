package io.mooring.health;

import io.mooring.balancer.topology.Payload;
import io.mooring.balancer.topology.ProbeSpec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;

/** One datagram and its answer, if one is needed. The socket is connected, so an unreachable port comes as an error. */
final class UdpExchange extends ProbeExchange {

    private final ProbeSpec.Udp spec;

    UdpExchange(ProbeSpec.Udp spec, ProbeAttempt attempt) {
        super(attempt);
        this.spec = spec;
    }

    @Override
    void ready(ChannelHandlerContext ctx) {
        if (spec.reply() == null) {
            attempt().inTime(ProbeResult.good("nobody said that it is unreachable"));
        }
        attempt().needs(ctx.writeAndFlush(Unpooled.wrappedBuffer(spec.send().bytes())));
    }

    @Override
    void received(ChannelHandlerContext ctx, Object message) {
        if (message instanceof DatagramPacket answer) {
            Payload expected = spec.reply();
            if (expected == null || beginsWith(answer.content(), expected.bytes())) {
                attempt().good("answered");
            } else {
                attempt().bad("another answer than expected");
            }
        }
    }

    private static boolean beginsWith(ByteBuf content, byte[] prefix) {
        return content.readableBytes() >= prefix.length
                && ByteBufUtil.equals(content, content.readerIndex(), Unpooled.wrappedBuffer(prefix), 0, prefix.length);
    }
}
