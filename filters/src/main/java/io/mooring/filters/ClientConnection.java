package io.mooring.filters;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.Connection;

/** The connection, or over HTTP/2 the stream, on which a client waits for a response. */
public final class ClientConnection {

    private ClientConnection() {}

    /**
     * Whether it is closed by now: a client that leaves in the middle fails what is done for it, which is nobody's
     * failure.
     */
    public static boolean isGone(ServerHttpResponse response) {
        return ServerHttpResponseDecorator.getNativeResponse(response) instanceof Connection connection
                && !connection.channel().isActive();
    }
}
