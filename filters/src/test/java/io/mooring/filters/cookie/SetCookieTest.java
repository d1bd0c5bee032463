package io.mooring.filters.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.CookieAttributes.Lifetime;
import io.mooring.balancer.session.CookieAttributes.SameSite;
import io.mooring.balancer.session.CookieAttributes.Secure;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SetCookieTest {

    static Stream<Arguments> attributes() {
        return Stream.of(
                Arguments.of(SameSite.LAX, Secure.AUTO, false, false, "; Path=/; HttpOnly; SameSite=Lax"),
                Arguments.of(SameSite.LAX, Secure.AUTO, false, true, "; Path=/; Secure; HttpOnly; SameSite=Lax"),
                Arguments.of(SameSite.STRICT, Secure.TRUE, false, false, "; Path=/; Secure; HttpOnly; SameSite=Strict"),
                Arguments.of(SameSite.LAX, Secure.FALSE, false, true, "; Path=/; HttpOnly; SameSite=Lax"),
                Arguments.of(SameSite.NONE, Secure.AUTO, false, false, "; Path=/; HttpOnly"),
                Arguments.of(SameSite.NONE, Secure.AUTO, false, true, "; Path=/; Secure; HttpOnly; SameSite=None"),
                Arguments.of(SameSite.LAX, Secure.AUTO, true, false, "; Path=/; HttpOnly; SameSite=Lax"),
                Arguments.of(
                        SameSite.LAX,
                        Secure.AUTO,
                        true,
                        true,
                        "; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned"));
    }

    @ParameterizedTest
    @MethodSource("attributes")
    void attributesThatBrowsersWouldRefuseAreNotSent(
            SameSite sameSite, Secure secure, boolean partitioned, boolean overTls, String expected) {
        SetCookie cookie = new SetCookie(
                new CookieAttributes("s", null, "/", sameSite, secure, true, partitioned, Lifetime.SESSION));

        assertThat(cookie.render("v", overTls, null)).isEqualTo("s=v" + expected);
    }

    @Test
    void domainPathAndAgeAreWrittenAsConfigured() {
        SetCookie cookie = new SetCookie(new CookieAttributes(
                "s", "example.org", "/shop", SameSite.LAX, Secure.AUTO, false, false, Lifetime.PERMANENT));

        assertThat(cookie.render("v", false, Duration.ofMillis(59_001)))
                .isEqualTo("s=v; Path=/shop; Domain=example.org; SameSite=Lax; Max-Age=60");
    }

    @Test
    void onlyCookiesOfItsNameAreTakenOutOfAResponse() {
        SetCookie cookie = new SetCookie(CookieAttributes.named("s"));

        assertThat(cookie.without(List.of("s=1", "ss=1; Path=/", " s =2; HttpOnly", "a=s=1", "s")))
                .containsExactly("ss=1; Path=/", "a=s=1", "s");
        List<String> others = List.of("a=1", "b=2");
        assertThat(cookie.without(others)).isSameAs(others);
    }
}
