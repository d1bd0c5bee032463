package io.mooring.l4;

import io.mooring.balancer.upstream.Backend;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Finds the socket address of a backend without blocking the event loop: an IP literal is taken as it stands, a host
 * name is asked of the name servers, once per its time to live and event loop. Of several addresses the first is used.
 */
final class BackendResolver implements AutoCloseable {

    private final DnsAddressResolverGroup names;

    BackendResolver(Transport transport) {
        this.names = new DnsAddressResolverGroup(new DnsNameResolverBuilder()
                .datagramChannelType(transport.datagramType())
                .socketChannelType(transport.streamType()));
    }

    /** The address, already known for an IP literal. */
    Future<InetSocketAddress> resolve(Backend backend, EventLoop loop) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(backend.host());
        if (literal != null) {
            return loop.newSucceededFuture(new InetSocketAddress(literal, backend.port()));
        }
        return names.getResolver(loop).resolve(InetSocketAddress.createUnresolved(backend.host(), backend.port()));
    }

    @Override
    public void close() {
        names.close();
    }
}
