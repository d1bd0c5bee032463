package io.mooring.loadtest.clients.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.cookie.ClientCookieDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** One client's cookies, for a single site. Not thread-safe. */
public final class CookieJar {

    private final Map<String, String> cookies = new LinkedHashMap<>();
    private String header = "";

    /** Puts a cookie in. */
    public void put(String name, String value) {
        cookies.put(name, value);
        write();
    }

    /** Takes over what the response sets, and forgets what it expires; returns whether it set anything. */
    public boolean update(HttpHeaders response) {
        if (!response.contains(HttpHeaderNames.SET_COOKIE)) {
            return false;
        }
        for (String set : response.getAll(HttpHeaderNames.SET_COOKIE)) {
            Cookie cookie = ClientCookieDecoder.LAX.decode(set);
            if (cookie == null) {
                continue;
            }
            if (cookie.maxAge() <= 0 && cookie.maxAge() != Cookie.UNDEFINED_MAX_AGE) {
                cookies.remove(cookie.name());
            } else {
                cookies.put(cookie.name(), cookie.value());
            }
        }
        write();
        return true;
    }

    /** Adds the cookies to the request, if there are any. */
    public void addTo(HttpHeaders request) {
        if (!cookies.isEmpty()) {
            request.set(HttpHeaderNames.COOKIE, header);
        }
    }

    public boolean isEmpty() {
        return cookies.isEmpty();
    }

    private void write() {
        header = cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }
}
