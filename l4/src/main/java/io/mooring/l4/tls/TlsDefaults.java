package io.mooring.l4.tls;

import io.mooring.balancer.topology.TlsSpec;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import java.util.List;

/** Which versions and cipher suites are used: what is declared, or what the bundle says, or these. */
final class TlsDefaults {

    /** Those with forward secrecy and authenticated encryption, the cheap ones first. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private TlsDefaults() {}

    /**
     * The versions.
     *
     * @throws TlsSetupException when one is older than TLS 1.2
     */
    static List<String> protocols(List<String> declared, TlsBundle bundle) {
        List<String> protocols = first(declared, bundle.protocols(), TlsSpec.DEFAULT_PROTOCOLS);
        for (String protocol : protocols) {
            if (!TlsSpec.DEFAULT_PROTOCOLS.contains(protocol)) {
                throw new TlsSetupException(
                        bundle.name(),
                        "protocol " + protocol + " (expected: " + String.join(" or ", TlsSpec.DEFAULT_PROTOCOLS) + ")");
            }
        }
        return protocols;
    }

    static List<String> ciphers(List<String> declared, TlsBundle bundle) {
        return first(declared, bundle.ciphers(), CIPHERS);
    }

    /**
     * A context that is known to make engines.
     *
     * @throws IllegalArgumentException when it has a cipher suite that the JDK has not
     */
    static SslContext tried(SslContext context) {
        context.newEngine(UnpooledByteBufAllocator.DEFAULT);
        return context;
    }

    private static List<String> first(List<String> declared, List<String> ofBundle, List<String> byDefault) {
        if (!declared.isEmpty()) {
            return declared;
        }
        return ofBundle.isEmpty() ? byDefault : ofBundle;
    }
}
