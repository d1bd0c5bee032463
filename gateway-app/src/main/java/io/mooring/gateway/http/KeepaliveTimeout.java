package io.mooring.gateway.http;

import java.time.Duration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * How long the HTTP listener keeps a connection on which no request is under way. Zero closes each
 * connection after its first response.
 *
 * <p>It is the last of the customizers, so that the timeout that is documented is the one that counts.
 */
public final class KeepaliveTimeout implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

    /** How long a connection may wait for its first request when it is to have no second. */
    private static final Duration FIRST_REQUEST = Duration.ofSeconds(75);

    private final Duration timeout;

    /** A timeout of zero or more. */
    public KeepaliveTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        factory.addServerCustomizers(server -> timeout.isZero()
                ? server.maxKeepAliveRequests(1).idleTimeout(FIRST_REQUEST)
                : server.idleTimeout(timeout));
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
