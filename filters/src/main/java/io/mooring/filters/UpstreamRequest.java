package io.mooring.filters;

import io.mooring.balancer.upstream.Member;
import io.mooring.filters.cookie.SessionCookies;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;

/** A request as an upstream is to see it, without the session cookies; its body is counted as it goes. */
final class UpstreamRequest extends ServerHttpRequestDecorator {

    private final ExchangeSession session;
    private final HttpHeaders headers;

    UpstreamRequest(ServerHttpRequest request, @Nullable SessionCookies cookies, ExchangeSession session) {
        super(request);
        this.session = session;
        this.headers = cookies == null ? request.getHeaders() : without(request.getHeaders(), cookies);
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return super.getBody().doOnNext(this::count);
    }

    private void count(DataBuffer part) {
        Member member = session.member();
        if (member != null) {
            member.activity().addBytesToBackend(part.readableByteCount());
        }
    }

    private static HttpHeaders without(HttpHeaders headers, SessionCookies cookies) {
        HttpHeaders seen = new HttpHeaders();
        seen.addAll(headers);
        if (cookies.rest().isEmpty()) {
            seen.remove(HttpHeaders.COOKIE);
        } else {
            seen.put(HttpHeaders.COOKIE, cookies.rest());
        }
        return HttpHeaders.readOnlyHttpHeaders(seen);
    }
}
