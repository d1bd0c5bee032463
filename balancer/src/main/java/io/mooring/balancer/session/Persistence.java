package io.mooring.balancer.session;

import io.mooring.balancer.source.SourcePrefixes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the clients of a scope are kept with their backends. */
public sealed interface Persistence {

    /** The kind, as the configuration names it. */
    Kind kind();

    /** Whether a client whose backend cannot serve it is refused instead of moved. */
    default boolean strict() {
        return false;
    }

    /** Clients are not kept. */
    record None() implements Persistence {
        @Override
        public Kind kind() {
            return Kind.NONE;
        }
    }

    /**
     * Clients are kept by a cookie.
     *
     * @param timeouts when a session ends
     * @param strict whether a client whose backend cannot serve it is refused
     * @param cookie how the cookie is set
     */
    record Cookie(SessionTimeouts timeouts, boolean strict, CookieAttributes cookie) implements Persistence {
        public Cookie {
            Objects.requireNonNull(timeouts, "timeouts");
            Objects.requireNonNull(cookie, "cookie");
            if (cookie.lifetime() == CookieAttributes.Lifetime.PERMANENT && timeouts.absolute() == null) {
                throw new IllegalArgumentException(
                        "absolute-timeout: none (expected: a duration, since the cookie's" + " lifetime is permanent)");
            }
        }

        @Override
        public Kind kind() {
            return Kind.COOKIE;
        }
    }

    /**
     * Clients are kept by their source address.
     *
     * @param timeouts when a session ends
     * @param strict whether a client whose backend cannot serve it is refused
     * @param prefixes how much of an address tells clients apart
     * @param maxEntries how many clients are remembered at most
     * @param share how large a source may be, or null if that is not watched
     */
    record SourceIp(
            SessionTimeouts timeouts,
            boolean strict,
            SourcePrefixes prefixes,
            int maxEntries,
            @Nullable SourceShare share)
            implements Persistence {

        /** The entries of a policy that declares none. */
        public static final int DEFAULT_MAX_ENTRIES = 1_000_000;

        public SourceIp {
            Objects.requireNonNull(timeouts, "timeouts");
            Objects.requireNonNull(prefixes, "prefixes");
            if (maxEntries < 1) {
                throw new IllegalArgumentException("max-entries: " + maxEntries + " (expected: 1 or more)");
            }
        }

        /** Watches no source's share. */
        public SourceIp(SessionTimeouts timeouts, boolean strict, SourcePrefixes prefixes, int maxEntries) {
            this(timeouts, strict, prefixes, maxEntries, null);
        }

        @Override
        public Kind kind() {
            return Kind.SOURCE_IP;
        }
    }

    /** The kinds of persistence. */
    enum Kind {
        /** Clients are not kept. */
        NONE("none"),
        /** Clients are kept by a cookie. */
        COOKIE("cookie"),
        /** Clients are kept by their source address. */
        SOURCE_IP("source-ip");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        /** The name in the configuration. */
        public String key() {
            return key;
        }
    }
}
