package io.mooring.filters;

import io.mooring.filters.backend.BackendFailure;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;

/**
 * Tells the client that no backend answered, as a problem document (RFC 9457); or when a response has already begun,
 * cuts it: the connection is closed, or over HTTP/2 the stream is reset, so that nobody takes a part for the whole.
 *
 * <p>To leave a cut to WebFlux would not do: it takes some errors of a backend for the client's leaving, and ends the
 * response as if it were whole, on a connection that stays open. After our cut that is the right treatment, so that
 * is how the error is passed on; those further out see that the exchange failed.
 */
final class FailureResponseFilter implements GlobalFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger(FailureResponseFilter.class);

    @Override
    public int getOrder() {
        return FilterOrder.FAILURE_RESPONSE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        RelayedResponse response = new RelayedResponse(exchange);
        ServerWebExchange seen = exchange.mutate().response(response).build();
        return chain.filter(seen).onErrorResume(error -> conclude(exchange, response, error));
    }

    private static Mono<Void> conclude(ServerWebExchange exchange, RelayedResponse relayed, Throwable error) {
        if (ClientConnection.isGone(exchange.getResponse())) {
            log.debug("{}client left: {}", exchange.getLogPrefix(), error.toString());
            return Mono.empty();
        }
        BackendFailure failure = BackendFailure.in(error);
        if (failure != null) {
            ExchangeDecision.FAILURE.put(exchange, failure);
        }
        if (exchange.getResponse().isCommitted()) {
            ExchangeDecision.CUT.put(exchange, true);
            log.debug("{}response cut: {}", exchange.getLogPrefix(), error.toString());
            cut(exchange.getResponse());
            return Mono.error(new AbortedException(error));
        }
        if (failure == null) {
            relayed.prepare();
            return Mono.error(error);
        }
        log.debug("{}{}", exchange.getLogPrefix(), failure.getMessage());
        return problem(exchange, failure.kind());
    }

    private static void cut(ServerHttpResponse response) {
        if (ServerHttpResponseDecorator.getNativeResponse(response) instanceof Connection connection
                && connection.channel().isActive()) {
            connection.channel().flush();
            connection.dispose();
        }
    }

    private static Mono<Void> problem(ServerWebExchange exchange, BackendFailure.Kind kind) {
        ServerWebExchangeUtils.reset(exchange);
        HttpStatus status = HttpStatus.valueOf(kind.status());
        byte[] body = """
                {"type":"about:blank","title":"%s","status":%d,"detail":"%s"}\
                """.formatted(status.getReasonPhrase(), kind.status(), kind.detail())
                .getBytes(StandardCharsets.UTF_8);
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setContentLength(body.length);
        headers.setCacheControl(CacheControl.noStore());
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }
}
