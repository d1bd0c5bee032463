package io.mooring.loadtest.clients.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.URI;

/** What a client asks for, and where. */
public record HttpTarget(URI uri) {

    /**
     * Reads the value of an option.
     *
     * @throws IllegalArgumentException when it is no URL of plain HTTP with a port
     */
    public static HttpTarget parse(String option, String value) {
        if (!value.matches("http://[^/:]+:[1-9][0-9]{0,4}(/\\S*)?")) {
            throw new IllegalArgumentException(option + ": " + value + " (expected: http://HOST:PORT/PATH)");
        }
        return new HttpTarget(URI.create(value));
    }

    /** The server's address, resolved. */
    public InetSocketAddress address() {
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    /** A request without a body, with the client's cookies. */
    public FullHttpRequest get(CookieJar cookies) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, pathAndQuery(), Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, uri.getRawAuthority());
        cookies.addTo(request.headers());
        return request;
    }

    private String pathAndQuery() {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }
}
