package io.mooring.filters;

import io.mooring.balancer.upstream.Member;
import io.mooring.filters.backend.BackendFailure;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A response whose head gets the session cookie, and whose body, if it is a backend's, is counted as it comes, and if
 * it breaks off, says so as a {@link BackendFailure}.
 */
final class RelayedResponse extends ServerHttpResponseDecorator {

    private final ServerWebExchange exchange;
    private boolean prepared;

    RelayedResponse(ServerWebExchange exchange) {
        super(exchange.getResponse());
        this.exchange = exchange;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        prepare();
        if (!isRelayed()) {
            return super.writeWith(body);
        }
        return super.writeWith(body instanceof Mono<? extends DataBuffer> whole ? count(whole) : watch(body));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        prepare();
        return super.writeAndFlushWith(
                isRelayed() ? Flux.from(body).map(this::watch).onErrorMap(BackendFailure::of) : body);
    }

    @Override
    public Mono<Void> setComplete() {
        prepare();
        return super.setComplete();
    }

    /** Does what is to be done to the head before it is written. */
    void prepare() {
        ExchangeSession session = prepared || isCommitted() ? null : ExchangeSession.KEY.get(exchange);
        if (session != null) {
            prepared = true;
            session.writeCookie(getHeaders());
        }
    }

    private boolean isRelayed() {
        return exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR) != null;
    }

    /** One that is here already cannot break off. */
    private Mono<DataBuffer> count(Mono<? extends DataBuffer> whole) {
        Member member = member();
        return whole.map(part -> {
            if (member != null) {
                member.activity().addBytesFromBackend(part.readableByteCount());
            }
            return part;
        });
    }

    private Flux<DataBuffer> watch(Publisher<? extends DataBuffer> body) {
        Flux<DataBuffer> watched = Flux.<DataBuffer>from(body).onErrorMap(BackendFailure::of);
        Member member = member();
        return member == null
                ? watched
                : watched.doOnNext(part -> member.activity().addBytesFromBackend(part.readableByteCount()));
    }

    private @Nullable Member member() {
        ExchangeSession session = ExchangeSession.KEY.get(exchange);
        return session == null ? null : session.member();
    }
}
