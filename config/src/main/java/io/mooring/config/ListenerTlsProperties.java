package io.mooring.config;

import io.mooring.balancer.topology.TlsSpec;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * How a listener terminates TLS.
 *
 * @param bundles SSL bundles (spring.ssl.bundle) with the certificates to show. The server name that a client asks for
 *     chooses among them by the names that the certificates are for; the first is for all other clients. Required.
 * @param protocols Versions to speak: TLSv1.2, TLSv1.3; those of the bundle's options, if not set, or else both.
 * @param ciphers Cipher suites to use, by their IANA names, the preferred first; those of the bundle's options, if not
 *     set, or else those with forward secrecy and authenticated encryption.
 * @param clientAuth Whether clients show a certificate that the bundle's truststore vouches for: none, want or need.
 * @param alpn Application protocols that are spoken, the preferred first; a client that offers none of them is refused.
 *     Nothing is negotiated, if not set.
 * @param handshakeTimeout Time from the accept to the end of the handshake, 1s-120s. Without a unit, seconds.
 */
record ListenerTlsProperties(
        @DefaultValue List<String> bundles,
        @DefaultValue List<String> protocols,
        @DefaultValue List<String> ciphers,
        @DefaultValue("none") TlsSpec.ClientAuth clientAuth,
        @DefaultValue List<String> alpn,

        @DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "120s")
        Duration handshakeTimeout) {

    /** The same, which must be valid. */
    TlsSpec toSpec() {
        return new TlsSpec(bundles, protocols, ciphers, clientAuth, alpn, handshakeTimeout);
    }
}
