package io.mooring.filters;

import io.mooring.filters.cookie.SessionCookies;
import io.mooring.filters.cookie.SetCookie;
import io.mooring.filters.loadbalancer.DecisionRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Parts the session cookies from a request to an upstream of ours, and ends the use of its backend when the exchange is
 * over: completed, failed or cancelled because the client left.
 */
final class SessionFilter implements GlobalFilter, Ordered {

    private final RouteBindings bindings;
    private final ClientAddress clientAddress;

    SessionFilter(RouteBindings bindings, ClientAddress clientAddress) {
        this.bindings = bindings;
        this.clientAddress = clientAddress;
    }

    @Override
    public int getOrder() {
        return FilterOrder.SESSION.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        ScopeBinding binding = route == null ? null : bindings.of(route);
        if (binding == null) {
            return chain.filter(exchange);
        }
        ServerHttpRequest request = exchange.getRequest();
        List<SetCookie> former = bindings.former(binding);
        SessionCookies cookies = cookies(request, binding, former);
        ExchangeSession session = new ExchangeSession(
                binding,
                new DecisionRequest(clientAddress.of(request), cookies == null ? List.of() : cookies.tokens()),
                isOverTls(request),
                cookies == null || former.isEmpty()
                        ? List.of()
                        : former.stream()
                                .filter(cookie -> cookies.names().contains(cookie.name()))
                                .toList());
        ExchangeSession.KEY.put(exchange, session);
        ServerWebExchange seen = exchange.mutate()
                .request(new UpstreamRequest(request, cookies, session))
                .build();
        return chain.filter(seen).doFinally(end -> end(exchange.getResponse(), session));
    }

    /**
     * For WebFlux the exchange with a WebSocket is over when that is accepted, but the backend is in use until it
     * closes.
     */
    private static void end(ServerHttpResponse response, ExchangeSession session) {
        Object client = ServerHttpResponseDecorator.getNativeResponse(response);
        if (client instanceof HttpServerResponse http && http.isWebsocket() && http instanceof Connection connection) {
            connection.onDispose(session::close);
        } else {
            session.close();
        }
    }

    /**
     * A cookie of a former name is the session's only if the scope has written it: the name may be another's by now.
     */
    private static @Nullable SessionCookies cookies(
            ServerHttpRequest request, ScopeBinding binding, List<SetCookie> former) {
        SetCookie cookie = binding.cookie();
        List<String> headers = cookie == null ? null : request.getHeaders().get(HttpHeaders.COOKIE);
        if (cookie == null || headers == null) {
            return null;
        }
        SessionCookies parted = SessionCookies.part(headers, cookie.name());
        for (SetCookie each : former) {
            List<String> rest = parted == null ? headers : parted.rest();
            SessionCookies more = SessionCookies.part(rest, each.name());
            if (more != null && more.tokens().stream().allMatch(binding.scope()::recognizes)) {
                parted = parted == null ? more : parted.and(more);
            }
        }
        return parted;
    }

    /** The scheme is the connection's own, unless the operator has told the server to believe a proxy. */
    private static boolean isOverTls(ServerHttpRequest request) {
        String scheme = request.getURI().getScheme();
        return "https".equals(scheme) || "wss".equals(scheme);
    }
}
