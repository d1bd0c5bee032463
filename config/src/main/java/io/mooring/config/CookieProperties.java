package io.mooring.config;

import io.mooring.balancer.session.CookieAttributes;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the session cookie is set.
 *
 * @param name Name of the cookie; "mooring-" and the name of the upstream, or the id of the route that
 *     overrides its policy, if not set.
 * @param domain Domain that the cookie is sent to; only the host that the client asked, if not set.
 * @param path Path below which the cookie is sent.
 * @param sameSite With which cross-site requests browsers send the cookie: none (only with Secure), lax or strict.
 * @param secure When the cookie is Secure: auto when the client came over TLS, true always, false never.
 * @param httpOnly Whether scripts are kept from the cookie.
 * @param partitioned Whether browsers keep one cookie for each top-level site; needs Secure.
 * @param lifetime How long browsers keep the cookie: session until they are closed, permanent until the
 *     absolute timeout, which it needs.
 */
@ConfigurationPropertiesSource
record CookieProperties(
        @Nullable String name,
        @Nullable String domain,
        @DefaultValue("/") String path,
        @DefaultValue("lax") CookieAttributes.SameSite sameSite,
        @DefaultValue("auto") CookieAttributes.Secure secure,
        @DefaultValue("true") boolean httpOnly,
        @DefaultValue("false") boolean partitioned,
        @DefaultValue("session") CookieAttributes.Lifetime lifetime) {

    /** The attributes of the cookie of the scope with this name. */
    CookieAttributes attributes(String scope) {
        return new CookieAttributes(nameFor(scope), domain, path, sameSite, secure, httpOnly, partitioned, lifetime);
    }

    /** The cookie's name in the scope with this name. */
    String nameFor(String scope) {
        return name == null ? "mooring-" + scope : name;
    }
}
