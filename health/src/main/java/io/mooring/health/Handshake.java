package io.mooring.health;

import io.netty.channel.ChannelHandlerContext;

/** Says nothing: it is enough that the connection is secured. */
final class Handshake extends ProbeExchange {

    Handshake(ProbeAttempt attempt) {
        super(attempt);
    }

    @Override
    void ready(ChannelHandlerContext ctx) {
        attempt().good("connected");
    }
}
