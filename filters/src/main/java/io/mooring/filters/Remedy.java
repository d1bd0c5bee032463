package io.mooring.filters;

import io.mooring.filters.backend.BackendFailure;
import io.mooring.filters.forward.RequestForwarder;
import java.io.IOException;
import java.util.Set;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.channel.AbortedException;

/**
 * What can be done for a request whose backend gave no answer. A request of which nothing was sent may go to any
 * backend. One that may have been carried out is sent again only if it is idempotent (RFC 9110, section 9.2.2), no
 * part of a body was sent and no response began. Where the client has waited for long, for a connection or for the
 * answer, it waits at one more backend and not at all of them.
 */
enum Remedy {
    /** The client is told. */
    NONE,
    /**
     * The next candidate is asked: nothing was sent, or the backend broke off a new connection, or it said nothing and
     * is known to be unable to by now.
     */
    NEXT_BACKEND,
    /**
     * The same backend is asked on another connection: it ended one that had been kept, as backends do when they
     * think it idle for too long, and that crossed with the request.
     */
    SAME_BACKEND;

    /** With so many in a row there is more the matter than that connections have been idle. */
    private static final int MOST_KEPT_CONNECTIONS = 3;

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /** What can be done now; it counts on being done. */
    static Remedy of(ServerWebExchange exchange, ExchangeSession session, BackendFailure failure) {
        if (session.isAnswered()) {
            return NONE;
        }
        return switch (failure.kind()) {
            case UNREACHABLE -> NEXT_BACKEND;
            case BROKEN -> isBreak(failure) && isRepeatable(exchange, session) ? afterBreak(exchange, session) : NONE;
            case EXHAUSTED -> {
                session.crowded();
                yield nextOnce(session);
            }
            case TIMEOUT -> isRepeatable(exchange, session) && session.isLost() ? nextOnce(session) : NONE;
            case NONE_AVAILABLE, REFUSED -> NONE;
        };
    }

    private static Remedy afterBreak(ServerWebExchange exchange, ExchangeSession session) {
        if (!RequestForwarder.isOnNewConnection(exchange) && session.repeat() <= MOST_KEPT_CONNECTIONS) {
            return SAME_BACKEND;
        }
        return nextOnce(session);
    }

    private static Remedy nextOnce(ExchangeSession session) {
        return session.move() ? NEXT_BACKEND : NONE;
    }

    private static boolean isBreak(BackendFailure failure) {
        Throwable cause = failure.getCause();
        return cause instanceof IOException || cause instanceof AbortedException;
    }

    private static boolean isRepeatable(ServerWebExchange exchange, ExchangeSession session) {
        return IDEMPOTENT.contains(exchange.getRequest().getMethod().name())
                && !session.hasBody()
                && exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR) == null
                && !ClientConnection.isGone(exchange.getResponse());
    }
}
