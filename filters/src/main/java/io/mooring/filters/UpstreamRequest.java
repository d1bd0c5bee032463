package io.mooring.filters;

import io.mooring.filters.cookie.SessionCookies;
import io.mooring.filters.forward.OutgoingHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;

/** A request as an upstream is to see it, without the session cookies; its body is counted as it goes. */
final class UpstreamRequest extends ServerHttpRequestDecorator implements OutgoingHeaders {

    private final ExchangeSession session;
    private final @Nullable SessionCookies parted;
    private @Nullable HttpHeaders headers;

    /**
     * A request as an upstream is to see it.
     *
     * @param cookies what was parted from the request, or null if there was no session cookie
     */
    UpstreamRequest(ServerHttpRequest request, @Nullable SessionCookies cookies, ExchangeSession session) {
        super(request);
        this.session = session;
        this.parted = cookies;
    }

    @Override
    public ServerHttpRequest asReceived() {
        return getDelegate();
    }

    @Override
    public @Nullable List<String> cookies() {
        return parted == null ? null : parted.rest();
    }

    /** Made when somebody asks, which few filters do. */
    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders made = headers;
        if (made == null) {
            made = parted == null ? super.getHeaders() : without(super.getHeaders(), parted);
            headers = made;
        }
        return made;
    }

    /** For filters that ask for cookies by name; what goes upstream are the headers. */
    @Override
    public MultiValueMap<String, HttpCookie> getCookies() {
        MultiValueMap<String, HttpCookie> all = super.getCookies();
        if (parted == null) {
            return all;
        }
        MultiValueMap<String, HttpCookie> seen = new LinkedMultiValueMap<>(all);
        parted.names().forEach(seen::remove);
        return CollectionUtils.unmodifiableMultiValueMap(seen);
    }

    @Override
    public Flux<DataBuffer> getBody() {
        session.uploading(true);
        return super.getBody()
                .doOnNext(part -> session.bodyPart(part.readableByteCount()))
                .doOnComplete(() -> session.uploading(false));
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
