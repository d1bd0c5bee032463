package io.mooring.balancer.session;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the session cookie is set.
 *
 * @param name the cookie's name
 * @param domain its {@code Domain}, or null for the host that the client asked
 * @param path its {@code Path}
 * @param sameSite its {@code SameSite}
 * @param secure when it is {@code Secure}
 * @param httpOnly whether scripts are kept from it
 * @param partitioned whether browsers keep one for each top-level site; only effective with {@code Secure}
 * @param lifetime how long browsers keep it
 */
public record CookieAttributes(
        String name,
        @Nullable String domain,
        String path,
        SameSite sameSite,
        Secure secure,
        boolean httpOnly,
        boolean partitioned,
        Lifetime lifetime) {

    public CookieAttributes {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(path, "path");
    }

    /** The attributes of a policy that declares none but the name. */
    public static CookieAttributes named(String name) {
        return new CookieAttributes(name, null, "/", SameSite.LAX, Secure.AUTO, true, false, Lifetime.SESSION);
    }

    /** With which cross-site requests browsers send the cookie. */
    public enum SameSite {
        /** With all; browsers accept it only with {@code Secure}. */
        NONE("None"),
        /** With top-level navigation. */
        LAX("Lax"),
        /** With none. */
        STRICT("Strict");

        private final String attribute;

        SameSite(String attribute) {
            this.attribute = attribute;
        }

        /** The value as it stands in {@code Set-Cookie}. */
        public String attribute() {
            return attribute;
        }

        /** The value as it stands in the configuration. */
        public String key() {
            return attribute.toLowerCase(Locale.ROOT);
        }
    }

    /** When the cookie is {@code Secure}. */
    public enum Secure {
        /** When the client came over TLS. */
        AUTO,
        /** Always. */
        TRUE,
        /** Never. */
        FALSE
    }

    /** How long browsers keep the cookie. */
    public enum Lifetime {
        /** Until they are closed: neither {@code Max-Age} nor {@code Expires} is sent. */
        SESSION,
        /** Until the absolute timeout, which this needs: {@code Max-Age} is sent. */
        PERMANENT
    }
}
