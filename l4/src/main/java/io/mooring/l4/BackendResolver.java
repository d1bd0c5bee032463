package io.mooring.l4;

import io.mooring.balancer.upstream.Backend;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the socket address of a backend without blocking the event loop: an IP literal is taken as it stands, a host
 * name is asked of the name servers, once per its time to live and event loop. Of several addresses the first is used.
 *
 * <p>Each event loop asks by a socket of its own, made with its first question. Netty's resolver that had no descriptor
 * for it then would never ask: such a one is let go, and the next question makes another.
 */
final class BackendResolver implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BackendResolver.class);

    /** Of these many, each is asked for once, however many clients come meanwhile. */
    private static final int NAMES_ASKED_FOR_AT_ONCE = 1_024;

    private final UnaryOperator<DnsNameResolverBuilder> sockets;
    private final Map<EventLoop, AddressResolver<InetSocketAddress>> resolvers = new ConcurrentHashMap<>();

    BackendResolver(Transport transport) {
        this(asking -> asking.datagramChannelType(transport.datagramType()).socketChannelType(transport.streamType()));
    }

    /** One that asks by these sockets. */
    BackendResolver(UnaryOperator<DnsNameResolverBuilder> sockets) {
        this.sockets = sockets;
    }

    /** The address, already known for an IP literal. */
    Future<InetSocketAddress> resolve(Backend backend, EventLoop loop) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(backend.host());
        if (literal != null) {
            return loop.newSucceededFuture(new InetSocketAddress(literal, backend.port()));
        }
        try {
            AddressResolver<InetSocketAddress> resolver = resolvers.computeIfAbsent(loop, this::open);
            return resolver.resolve(InetSocketAddress.createUnresolved(backend.host(), backend.port()))
                    .addListener(asked -> {
                        if (!asked.isSuccess() && hasNoSocket(asked.cause()) && resolvers.remove(loop, resolver)) {
                            close(resolver);
                        }
                    });
        } catch (RuntimeException e) {
            return loop.newFailedFuture(e);
        }
    }

    /** Whether the name servers have said that there is no such name, or nothing: a backend's fault, as far as is known. */
    static boolean isUnknownName(Throwable failure) {
        return failure instanceof UnknownHostException && !hasNoSocket(failure);
    }

    @Override
    public void close() {
        resolvers.values().forEach(BackendResolver::close);
        resolvers.clear();
    }

    private AddressResolver<InetSocketAddress> open(EventLoop loop) {
        return sockets.apply(new DnsNameResolverBuilder(loop).consolidateCacheSize(NAMES_ASKED_FOR_AT_ONCE))
                .build()
                .asAddressResolver();
    }

    private static boolean hasNoSocket(Throwable failure) {
        return failure.getCause() instanceof ChannelException;
    }

    private static void close(AddressResolver<InetSocketAddress> resolver) {
        try {
            resolver.close();
        } catch (RuntimeException e) {
            log.debug("there was no socket to close", e);
        }
    }
}
