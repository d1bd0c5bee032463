package io.mooring.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A route's {@code lb://name}, or {@code lb:scheme://name}, as Spring Cloud Gateway reads it. */
final class LoadBalancedUri {

    private static final String SCHEME = "lb:";

    private LoadBalancedUri() {}

    /** Whether the text means to be one. */
    static boolean isLoadBalanced(@Nullable String uri) {
        return uri != null && uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    /** The name that it leads to; empty if there is none that a URI's host can be. */
    static Optional<String> name(String uri) {
        try {
            URI whole = new URI(uri);
            if (!"lb".equals(whole.getScheme())) {
                return Optional.empty();
            }
            URI target = whole.isOpaque() ? new URI(whole.getRawSchemeSpecificPart()) : whole;
            return Optional.ofNullable(target.getHost());
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Whether a route can lead to an upstream of this name. */
    static boolean isName(String name) {
        return name.matches("[A-Za-z0-9.-]+") && name("lb://" + name).equals(Optional.of(name));
    }
}
