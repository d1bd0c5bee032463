package io.mooring.balancer.topology;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How a listener terminates TLS.
 *
 * @param bundles names of certificates with their keys; the client's server name chooses, the first serves the rest
 * @param protocols versions by their JDK names; empty for what the bundle says, or else {@link #DEFAULT_PROTOCOLS}
 * @param ciphers cipher suites by their JDK names; empty for what the bundle says, or else the JDK's
 * @param clientAuth whether clients show a certificate, which a bundle's trusted ones must vouch for
 * @param alpn application protocols that are spoken, the preferred first; empty negotiates none
 * @param handshakeTimeout from the accept to the end of the handshake
 */
public record TlsSpec(
        List<String> bundles,
        List<String> protocols,
        List<String> ciphers,
        ClientAuth clientAuth,
        List<String> alpn,
        Duration handshakeTimeout) {

    /** The versions of a listener that declares none. No older one is ever spoken. */
    public static final List<String> DEFAULT_PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    public TlsSpec {
        bundles = List.copyOf(bundles);
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        alpn = List.copyOf(alpn);
        if (bundles.isEmpty()) {
            throw new IllegalArgumentException("bundles: none (expected: one or more)");
        }
    }

    /** Whether clients show a certificate. */
    public enum ClientAuth {
        /** They are not asked. */
        NONE,
        /** They are asked, and may have none; one that is not trusted is refused. */
        WANT,
        /** They are refused without one. */
        NEED;

        /** The name in the configuration. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
