package io.mooring.health;

import io.mooring.balancer.upstream.Backend;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;

/** Secures the connections of a health check. */
@FunctionalInterface
interface ProbeTls {

    /** The handler of one connection. */
    ChannelHandler handler(ByteBufAllocator buffers, Backend backend);
}
