package io.mooring.loadtest.clients.soak;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.cookie.ClientCookieDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** One client's cookies, for a single site. Not thread-safe. */
final class CookieJar {

    private final Map<String, String> cookies = new LinkedHashMap<>();

    /** Takes over what the response sets, and forgets what it expires. */
    void update(HttpHeaders response) {
        for (String header : response.getAll(HttpHeaderNames.SET_COOKIE)) {
            Cookie cookie = ClientCookieDecoder.LAX.decode(header);
            if (cookie == null) {
                continue;
            }
            if (cookie.maxAge() <= 0 && cookie.maxAge() != Cookie.UNDEFINED_MAX_AGE) {
                cookies.remove(cookie.name());
            } else {
                cookies.put(cookie.name(), cookie.value());
            }
        }
    }

    /** Adds the cookies to the request, if there are any. */
    void addTo(HttpHeaders request) {
        if (!cookies.isEmpty()) {
            request.set(
                    HttpHeaderNames.COOKIE,
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
    }

    boolean isEmpty() {
        return cookies.isEmpty();
    }
}
