package io.mooring.health;

import io.mooring.balancer.upstream.Backend;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.List;

/** How traffic speaks TLS with backends, for probes that are to do it alike. Called on event loops. */
@FunctionalInterface
public interface TrafficTls {

    /**
     * The handler of one connection.
     *
     * @param upstream the name of an upstream that speaks TLS with its backends
     * @param alpn application protocols to offer
     */
    SslHandler handler(String upstream, Backend backend, List<String> alpn, ByteBufAllocator buffers);
}
