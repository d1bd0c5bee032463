package io.mooring.l4.tls;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the TLS that a client speaks.
 *
 * @param serverName the name it asked for, in lower case; null if it named none or was not looked at
 * @param version the version that was negotiated, by its JDK name; null if TLS did not end here
 * @param alpn the application protocol that was negotiated; null if none was
 */
public record ClientTls(
        @Nullable String serverName,
        @Nullable String version,
        @Nullable String alpn) {

    /** Nothing is known, or there is none. */
    public static final ClientTls NONE = new ClientTls(null, null, null);

    /** Only looked at, and passed on. */
    public static ClientTls peeked(@Nullable String serverName) {
        return serverName == null ? NONE : new ClientTls(serverName, null, null);
    }

    /** Whether it ended here. */
    public boolean isTerminated() {
        return version != null;
    }
}
