package io.mooring.l4.tls;

import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Keys with their certificates, and what else is trusted.
 *
 * @param name its name
 * @param keys the keys with their certificates; absent if there are none
 * @param trust what vouches for peers; absent if that is what the JDK trusts
 * @param protocols the versions to speak by their JDK names; empty if it does not say
 * @param ciphers the cipher suites to use by their JDK names; empty if it does not say
 */
public record TlsBundle(
        String name,
        Optional<KeyManagerFactory> keys,
        Optional<TrustManagerFactory> trust,
        List<String> protocols,
        List<String> ciphers) {

    public TlsBundle {
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
    }
}
