package io.mooring.loadtest.clients.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;

class CookieJarTest {

    private final CookieJar jar = new CookieJar();

    @Test
    void sendsBackWhatWasSet() {
        set("session=abc; Path=/; HttpOnly", "theme=dark; Max-Age=60");

        assertThat(sent()).isEqualTo("session=abc; theme=dark");
    }

    @Test
    void aRenewedCookieReplacesTheOldOne() {
        set("session=abc");
        set("session=def");

        assertThat(sent()).isEqualTo("session=def");
    }

    @Test
    void forgetsAnExpiredCookie() {
        set("session=abc");
        set("session=abc; Max-Age=0");

        assertThat(jar.isEmpty()).isTrue();
        assertThat(sent()).isNull();
    }

    private void set(String... cookies) {
        HttpHeaders response = new DefaultHttpHeaders();
        for (String cookie : cookies) {
            response.add("Set-Cookie", cookie);
        }
        jar.update(response);
    }

    private String sent() {
        HttpHeaders request = new DefaultHttpHeaders();
        jar.addTo(request);
        return request.get("Cookie");
    }
}
