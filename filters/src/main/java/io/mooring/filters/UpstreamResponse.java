package io.mooring.filters;

import io.mooring.balancer.upstream.Member;
import io.mooring.filters.backend.BackendFailure;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A response from an upstream: its body is counted as it comes, and if it breaks off, it says so as a {@link BackendFailure}. */
final class UpstreamResponse extends ServerHttpResponseDecorator {

    private final ExchangeSession session;

    UpstreamResponse(ServerHttpResponse response, ExchangeSession session) {
        super(response);
        this.session = session;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return super.writeWith(session.isAnswered() ? watch(body) : body);
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return super.writeAndFlushWith(
                session.isAnswered() ? Flux.from(body).map(this::watch).onErrorMap(BackendFailure::of) : body);
    }

    private Flux<DataBuffer> watch(Publisher<? extends DataBuffer> body) {
        return Flux.<DataBuffer>from(body).doOnNext(this::count).onErrorMap(BackendFailure::of);
    }

    private void count(DataBuffer part) {
        Member member = session.member();
        if (member != null) {
            member.activity().addBytesFromBackend(part.readableByteCount());
        }
    }
}
