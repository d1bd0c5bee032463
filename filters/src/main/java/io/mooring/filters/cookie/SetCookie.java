package io.mooring.filters.cookie;

import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.CookieAttributes.SameSite;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the session cookie of one scope as {@code Set-Cookie} (RFC 6265 and its revision). Immutable; all but the
 * value and the age is laid out once.
 *
 * <p>What browsers would refuse is not sent: without {@code Secure} there is neither {@code SameSite=None}, which
 * leaves the browser's default, nor {@code Partitioned}.
 */
public final class SetCookie {

    private final String name;
    private final CookieAttributes.Secure secure;
    private final String plainAttributes;
    private final String secureAttributes;

    /** A writer of cookies with these attributes. */
    public SetCookie(CookieAttributes attributes) {
        this.name = attributes.name();
        this.secure = attributes.secure();
        this.plainAttributes = attributes(attributes, false);
        this.secureAttributes = attributes(attributes, true);
    }

    /** The cookie's name. */
    public String name() {
        return name;
    }

    /**
     * The header's value.
     *
     * @param value the cookie's value
     * @param overTls whether the client came over TLS
     * @param maxAge how long the client is to keep the cookie, in seconds rounded up, or null for as long as it runs
     */
    public String render(String value, boolean overTls, @Nullable Duration maxAge) {
        String attributes = switch (secure) {
            case AUTO -> overTls ? secureAttributes : plainAttributes;
            case TRUE -> secureAttributes;
            case FALSE -> plainAttributes;
        };
        String cookie = name + "=" + value + attributes;
        return maxAge == null
                ? cookie
                : cookie + "; Max-Age=" + maxAge.plusNanos(999_999_999).toSeconds();
    }

    /**
     * Takes the cookies of this name out of a response's {@code Set-Cookie} values; gives the same list if there is
     * none.
     */
    public List<String> without(List<String> setCookies) {
        for (int i = 0; i < setCookies.size(); i++) {
            if (isOurs(setCookies.get(i))) {
                return setCookies.stream().filter(cookie -> !isOurs(cookie)).toList();
            }
        }
        return setCookies;
    }

    private boolean isOurs(String setCookie) {
        int equals = setCookie.indexOf('=');
        return equals >= name.length() && setCookie.substring(0, equals).strip().equals(name);
    }

    private static String attributes(CookieAttributes cookie, boolean secure) {
        StringBuilder text = new StringBuilder("; Path=").append(cookie.path());
        if (cookie.domain() != null) {
            text.append("; Domain=").append(cookie.domain());
        }
        if (secure) {
            text.append("; Secure");
        }
        if (cookie.httpOnly()) {
            text.append("; HttpOnly");
        }
        if (secure || cookie.sameSite() != SameSite.NONE) {
            text.append("; SameSite=").append(cookie.sameSite().attribute());
        }
        if (secure && cookie.partitioned()) {
            text.append("; Partitioned");
        }
        return text.toString();
    }
}
