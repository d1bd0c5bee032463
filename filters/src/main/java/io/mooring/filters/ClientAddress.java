package io.mooring.filters;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Tells the address of the client that a request came from: the one seam through which all that depends on it asks.
 *
 * <p>Implementations are safe for concurrent use and do not block: they are called on an event loop.
 */
@FunctionalInterface
public interface ClientAddress {

    /** The client's address, or null when it has none, as over a Unix domain socket. */
    @Nullable
    InetAddress of(ServerHttpRequest request);

    /** The address at the other end of the connection, whatever the request claims. */
    static ClientAddress peer() {
        return request -> {
            InetSocketAddress peer = request.getRemoteAddress();
            return peer == null ? null : peer.getAddress();
        };
    }
}
