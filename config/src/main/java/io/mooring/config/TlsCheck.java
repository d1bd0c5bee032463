package io.mooring.config;

import io.mooring.balancer.topology.TlsSpec;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges what listeners and upstreams say of TLS. The bundles' files are not read. */
final class TlsCheck {

    private static final int MAX_ALPN_BYTES = 255;

    private final Findings findings;
    private final SslBundleNames bundles;
    private final BoundConfiguration configuration;

    TlsCheck(PropertyTree tree, Findings findings, BoundConfiguration configuration) {
        this.findings = findings;
        this.bundles = new SslBundleNames(tree);
        this.configuration = configuration;
    }

    /** Judges how a listener of protocol tls terminates it. */
    void checkListener(ConfigurationPropertyName at, @Nullable ListenerTlsProperties tls) {
        ConfigurationPropertyName names = at.append("tls.bundles");
        if (tls == null || tls.bundles().isEmpty()) {
            findings.violation(
                    names,
                    bundles.expected(),
                    "Name the SSL bundles, declared under spring.ssl.bundle, whose certificates are shown to clients.");
            return;
        }
        for (int i = 0; i < tls.bundles().size(); i++) {
            checkServerBundle(element(names, i), tls.bundles().get(i), tls.clientAuth());
        }
        checkValues(
                at.append("tls.protocols"),
                tls.protocols(),
                Set.copyOf(TlsSpec.DEFAULT_PROTOCOLS),
                ExpectedValue.oneOf(TlsSpec.DEFAULT_PROTOCOLS),
                "Older versions are not secure and not spoken.");
        checkValues(
                at.append("tls.ciphers"),
                tls.ciphers(),
                tls.ciphers().isEmpty() ? Set.of() : ciphers(),
                "a cipher suite of this JDK by its IANA name, such as TLS_AES_128_GCM_SHA256",
                "Remove it, or write it as the JDK does.");
        checkAlpn(at.append("tls.alpn"), tls.alpn());
    }

    /** Judges how TLS is spoken with the backends of an upstream. */
    void checkUpstream(DeclaredUpstream upstream) {
        BackendTlsProperties tls = upstream.value().tls();
        if (tls == null) {
            return;
        }
        ConfigurationPropertyName at = upstream.at().append("tls");
        String bundle = tls.bundle();
        if (bundle == null || !bundles.all().contains(bundle)) {
            findings.violation(
                    at.append("bundle"),
                    bundles.expected(),
                    "Name an SSL bundle, declared under spring.ssl.bundle, that says which backends to trust.");
        }
        if (tls.serverName() != null && !HostPort.isHost(tls.serverName())) {
            findings.violation(at.append("server-name"), "a host name", "Give the name in the backends' certificates.");
        }
        checkAlpn(at.append("alpn"), tls.alpn());
        checkUse(upstream, at);
    }

    private void checkServerBundle(ConfigurationPropertyName at, String bundle, TlsSpec.ClientAuth clientAuth) {
        if (!bundles.all().contains(bundle)) {
            findings.violation(
                    at, bundle, bundles.expected(), "Name a bundle that is declared under spring.ssl.bundle.");
        } else if (!bundles.hasKeystore(bundle)) {
            findings.violation(
                    at,
                    bundle,
                    "a bundle with a keystore",
                    "Give the bundle a keystore with a certificate and its key.");
        } else if (clientAuth != TlsSpec.ClientAuth.NONE && !bundles.hasTruststore(bundle)) {
            findings.violation(
                    at,
                    bundle,
                    "a bundle with a truststore, since client-auth is " + clientAuth.key(),
                    "Give the bundle a truststore with who may issue clients' certificates, or remove client-auth.");
        }
    }

    /** TLS with backends is layer 4's; there is none over UDP, and HTTP has no use for it. */
    private void checkUse(DeclaredUpstream upstream, ConfigurationPropertyName at) {
        Optional<ConfigurationPropertyName> route = configuration.routeTo(upstream);
        if (route.isPresent()) {
            refuse(
                    at,
                    PropertyNames.display(route.get())
                            + " leads there, and HTTP backends are spoken with in the clear");
            return;
        }
        configuration
                .datagramsTo(upstream)
                .ifPresent(listener -> refuse(at, PropertyNames.display(listener) + " leads there with protocol udp"));
    }

    private void refuse(ConfigurationPropertyName at, String because) {
        findings.violation(
                at,
                "a block",
                "nothing, since " + because,
                "Remove it, or declare the backends as another upstream, too.");
    }

    private void checkAlpn(ConfigurationPropertyName at, List<String> protocols) {
        for (int i = 0; i < protocols.size(); i++) {
            String protocol = protocols.get(i);
            if (protocol.isEmpty() || protocol.getBytes(StandardCharsets.UTF_8).length > MAX_ALPN_BYTES) {
                findings.violation(
                        element(at, i),
                        protocol,
                        "1-255 bytes",
                        "Give the name of an application protocol, such as h2.");
            }
        }
    }

    private void checkValues(
            ConfigurationPropertyName at, List<String> values, Set<String> known, String expected, String action) {
        for (int i = 0; i < values.size(); i++) {
            if (!known.contains(values.get(i))) {
                findings.violation(element(at, i), values.get(i), expected, action);
            }
        }
    }

    private static ConfigurationPropertyName element(ConfigurationPropertyName list, int i) {
        return list.append("[" + i + "]");
    }

    /** Those that the JDK has, without a look at what it trusts. */
    private static Set<String> ciphers() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return Set.of(context.getSupportedSSLParameters().getCipherSuites());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }
}
