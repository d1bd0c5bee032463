package io.mooring.filters;

import io.mooring.balancer.upstream.Member;
import io.mooring.filters.backend.BackendFailure;
import io.mooring.filters.forward.ReceivedFields;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sends a request to the backend that the load balancer of its route chooses. When that cannot be reached, or has no
 * free connection, nothing of the request was sent and its body was not touched, so the next candidate is tried,
 * whatever the method.
 *
 * <p>It leaves a URL that the stock load balancer has nothing to do with. A WebSocket is accepted before its backend
 * is asked, so its cookie is set with the first choice, and there is no second.
 */
final class BackendFilter implements GlobalFilter, Ordered {

    private static final String BALANCED = "lb";

    @Override
    public int getOrder() {
        return FilterOrder.BACKEND.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        ExchangeSession session = ExchangeSession.KEY.get(exchange);
        URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (session == null || url == null) {
            return chain.filter(exchange);
        }
        String prefix = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR);
        String scheme = BALANCED.equals(prefix) ? url.getScheme() : "http";
        if (!BALANCED.equals(prefix) && !BALANCED.equals(url.getScheme())) {
            return chain.filter(exchange);
        }
        ServerWebExchangeUtils.addOriginalRequestUrl(exchange, url);
        exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR);
        return next(exchange, chain, session, scheme, url, null);
    }

    private Mono<Void> next(
            ServerWebExchange exchange,
            GatewayFilterChain chain,
            ExchangeSession session,
            String scheme,
            URI url,
            @Nullable BackendFailure last) {
        Member member = session.choose();
        if (member == null) {
            return session.isOver() ? Mono.empty() : Mono.error(session.refusal(last));
        }
        return attempt(exchange, chain, session, scheme, url, member);
    }

    private Mono<Void> attempt(
            ServerWebExchange exchange,
            GatewayFilterChain chain,
            ExchangeSession session,
            String scheme,
            URI url,
            Member member) {
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, target(scheme, member, url));
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_LOADBALANCER_RESPONSE_ATTR, session.response());
        if (isUpgrade(exchange, scheme)) {
            session.settle();
        }
        return chain.filter(exchange)
                .doOnSuccess(done -> {
                    session.settle();
                    BackendSignals.answered(exchange, member);
                })
                .onErrorResume(BackendFailure.class, failure -> {
                    Remedy remedy = Remedy.of(exchange, session, failure);
                    if (remedy != Remedy.SAME_BACKEND) {
                        BackendSignals.failed(exchange, session, member, failure);
                    }
                    if (remedy == Remedy.NONE) {
                        return Mono.error(failure);
                    }
                    ServerWebExchangeUtils.removeAlreadyRouted(exchange);
                    return remedy == Remedy.SAME_BACKEND
                            ? attempt(exchange, chain, session, scheme, url, member)
                            : next(exchange, chain, session, scheme, url, failure);
                });
    }

    private static boolean isUpgrade(ServerWebExchange exchange, String scheme) {
        return scheme.equals("ws")
                || scheme.equals("wss")
                || "websocket".equalsIgnoreCase(upgrade(exchange.getRequest()));
    }

    private static @Nullable String upgrade(ServerHttpRequest request) {
        HttpHeaders received = ReceivedFields.of(request);
        return received == null ? request.getHeaders().getUpgrade() : received.get(HttpHeaderNames.UPGRADE);
    }

    private static URI target(String scheme, Member member, URI url) {
        String path = url.getRawPath();
        String query = url.getRawQuery();
        StringBuilder text = new StringBuilder(scheme)
                .append("://")
                .append(member.backend().address())
                .append(path == null ? "" : path);
        return URI.create(
                query == null ? text.toString() : text.append('?').append(query).toString());
    }
}
