package io.mooring.filters;

import io.mooring.balancer.session.CookieAction;
import io.mooring.balancer.session.Decision;
import io.mooring.filters.backend.BackendFailure;
import java.util.Optional;
import org.springframework.web.server.ServerWebExchange;

/**
 * What became of an exchange, for those who tell of it. It may be asked at any time, also when the exchange is over;
 * the decision is not to be changed or closed.
 */
public final class ExchangeDecision {

    static final ExchangeKey<BackendFailure> FAILURE = new ExchangeKey<>(BackendFailure.class);

    static final ExchangeKey<Boolean> CUT = new ExchangeKey<>(Boolean.class);

    private ExchangeDecision() {}

    /**
     * What was decided; empty for a route that leads to no upstream of ours, and for a request that was answered
     * before a backend was chosen.
     */
    public static Optional<Decision> of(ServerWebExchange exchange) {
        ExchangeSession session = ExchangeSession.KEY.get(exchange);
        return session == null ? Optional.empty() : Optional.ofNullable(session.decision());
    }

    /**
     * What the response did to the client's session cookie. It did nothing if no backend answered, whatever was
     * decided.
     */
    public static CookieAction cookieActionOf(ServerWebExchange exchange) {
        ExchangeSession session = ExchangeSession.KEY.get(exchange);
        return session == null ? CookieAction.NONE : session.cookieAction();
    }

    /** Why the client did not get a backend's response, or not all of it. */
    public static Optional<BackendFailure> failureOf(ServerWebExchange exchange) {
        return Optional.ofNullable(FAILURE.get(exchange));
    }

    /**
     * Whether the response ended before it was whole: because the backend failed, if there is a failure, or because
     * the client left.
     */
    public static boolean isCut(ServerWebExchange exchange) {
        return CUT.get(exchange) != null;
    }
}
