package io.mooring.filters.forward;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import reactor.netty.http.server.HttpServerRequest;

/** The header fields of a request as the server received them. */
public final class ReceivedFields {

    /** A request that has been changed is of another class, but gives the same native request. */
    private static final Class<?> UNCHANGED = ClassUtils.resolveClassName(
            "org.springframework.http.server.reactive.ReactorServerHttpRequest", ReceivedFields.class.getClassLoader());

    private ReceivedFields() {}

    /** The fields, which are not to be changed; or null if this is not the request as it was received. */
    public static @Nullable HttpHeaders of(ServerHttpRequest request) {
        ServerHttpRequest received = request instanceof OutgoingHeaders outgoing ? outgoing.asReceived() : request;
        return received.getClass() == UNCHANGED
                ? ServerHttpRequestDecorator.<HttpServerRequest>getNativeRequest(received)
                        .requestHeaders()
                : null;
    }
}
