package io.mooring.filters.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.TrailerHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Writes the backend's response to the client. It does what {@link NettyWriteResponseFilter} does, in its place; but
 * a response that has arrived whole goes out as one message, and so by one system call, while of any other the head
 * goes first.
 */
public final class ResponseRelay implements GlobalFilter, Ordered {

    /** Of an exchange whose response has arrived whole. */
    static final String WHOLE = ResponseRelay.class.getName() + ".whole";

    private final List<MediaType> streamed;
    private final List<HttpHeadersFilter> headersFilters;

    /**
     * A relay of responses.
     *
     * @param streamed the types of which every part is sent on at once
     * @param headersFilters those among them that see trailers are asked
     */
    public ResponseRelay(List<MediaType> streamed, List<HttpHeadersFilter> headersFilters) {
        this.streamed = streamed;
        this.headersFilters = headersFilters;
    }

    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return chain.filter(exchange).then(Mono.defer(() -> write(exchange))).doFinally(end -> {
            if (end != SignalType.ON_COMPLETE) {
                dispose(exchange);
            }
        });
    }

    private Mono<Void> write(ServerWebExchange exchange) {
        Connection backend = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
        if (backend == null) {
            return Mono.empty();
        }
        ServerHttpResponse response = exchange.getResponse();
        NettyDataBufferFactory buffers = (NettyDataBufferFactory) response.bufferFactory();
        Flux<ByteBuf> body = backend.inbound().receive().retain();
        if (exchange.getAttribute(WHOLE) != null) {
            return body.reduce(ResponseRelay::join)
                    .flatMap(whole -> response.writeWith(Mono.just(buffers.wrap(whole))))
                    .switchIfEmpty(Mono.defer(response::setComplete));
        }
        Flux<DataBuffer> parts = body.map(buffers::wrap);
        Mono<Void> written = isStreamed(response.getHeaders())
                ? response.writeAndFlushWith(parts.map(Flux::just))
                : response.writeWith(parts);
        HttpClientResponse head = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR);
        return written.then(TrailerHeadersFilter.filter(headersFilters, exchange, head))
                .then();
    }

    private static ByteBuf join(ByteBuf first, ByteBuf second) {
        return Unpooled.wrappedBuffer(first, second);
    }

    private static void dispose(ServerWebExchange exchange) {
        Connection backend = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
        if (backend != null) {
            backend.dispose();
        }
    }

    private boolean isStreamed(HttpHeaders headers) {
        MediaType type = contentType(headers);
        return type != null && streamed.stream().anyMatch(known -> known.isCompatibleWith(type));
    }

    /** The type, or null if there is none or the backend made it up. */
    private static @Nullable MediaType contentType(HttpHeaders headers) {
        try {
            return headers.getContentType();
        } catch (InvalidMediaTypeException e) {
            return null;
        }
    }
}
