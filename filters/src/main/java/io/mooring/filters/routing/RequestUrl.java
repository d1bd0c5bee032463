package io.mooring.filters.routing;

import java.net.URI;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Puts the path and query of the request behind the scheme and authority of its route; the odd ones are done as ever.
 */
public final class RequestUrl extends RouteToRequestUrlFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        URI uri = route == null ? null : route.getUri();
        if (uri == null || uri.isOpaque() || uri.getHost() == null) {
            return super.filter(exchange, chain);
        }
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                        at(uri, exchange.getRequest().getURI()));
        return chain.filter(exchange);
    }

    private static URI at(URI route, URI request) {
        StringBuilder text =
                new StringBuilder(128).append(route.getScheme()).append("://").append(route.getHost());
        if (route.getPort() >= 0) {
            text.append(':').append(route.getPort());
        }
        text.append(request.getRawPath());
        if (request.getRawQuery() != null) {
            text.append('?').append(request.getRawQuery());
        }
        return URI.create(text.toString());
    }
}
