package io.mooring.l4.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that a bundle's keys are for. What the JDK's engine would find out at each handshake is found here.
 */
record Credentials(String bundle, List<X509Certificate> certificates) {

    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "RSASSA-PSS", "EdDSA", "DSA");
    private static final byte[] PROBE = new byte[32];
    private static final int DNS_NAME = 2;

    /**
     * The certificates of a bundle, each of which has been found to belong to its key.
     *
     * @throws TlsSetupException when there is none, or a key is not its certificate's
     */
    static Credentials of(TlsBundle bundle) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (KeyManager keys : bundle.keys()
                .orElseThrow(() -> new TlsSetupException(
                        bundle.name(), "no key (expected: a keystore with a private key and its certificate)"))
                .getKeyManagers()) {
            if (keys instanceof X509KeyManager x509) {
                for (String alias : aliases(x509)) {
                    certificates.add(
                            verified(bundle.name(), x509.getPrivateKey(alias), x509.getCertificateChain(alias)));
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsSetupException(
                    bundle.name(), "no key (expected: a keystore with a private key and its certificate)");
        }
        return new Credentials(bundle.name(), certificates);
    }

    /** The host names that they are for, in lower case. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (X509Certificate certificate : certificates) {
            for (List<?> name : alternativeNames(certificate)) {
                if (Integer.valueOf(DNS_NAME).equals(name.get(0))) {
                    names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }

    /** What is wrong with their dates, or null. */
    @Nullable
    String outOfDate(Instant now) {
        for (X509Certificate certificate : certificates) {
            try {
                certificate.checkValidity(Date.from(now));
            } catch (CertificateExpiredException e) {
                return "its certificate expired at " + certificate.getNotAfter().toInstant();
            } catch (CertificateNotYetValidException e) {
                return "its certificate is not valid before "
                        + certificate.getNotBefore().toInstant();
            }
        }
        return null;
    }

    private static Set<String> aliases(X509KeyManager keys) {
        Set<String> aliases = new LinkedHashSet<>();
        for (String type : KEY_TYPES) {
            String[] some = keys.getServerAliases(type, null);
            if (some != null) {
                aliases.addAll(List.of(some));
            }
        }
        return aliases;
    }

    private Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            throw new TlsSetupException(bundle, "its certificate's names cannot be read: " + e.getMessage(), e);
        }
    }

    private static X509Certificate verified(
            String bundle, @Nullable PrivateKey key, X509Certificate @Nullable [] chain) {
        if (key == null || chain == null || chain.length == 0) {
            throw new TlsSetupException(bundle, "a key without a certificate (expected: one for each key)");
        }
        try {
            if (!isPair(key, chain[0].getPublicKey())) {
                throw new TlsSetupException(bundle, "its private key is not its certificate's");
            }
        } catch (GeneralSecurityException e) {
            throw new TlsSetupException(bundle, "its private key is not its certificate's: " + e.getMessage(), e);
        }
        return chain[0];
    }

    private static boolean isPair(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(publicKey.getAlgorithm())) {
            return false;
        }
        Signature signature = signature(key.getAlgorithm());
        signature.initSign(key, new SecureRandom());
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (algorithm) {
                    case "RSA", "DSA" -> "SHA256with" + algorithm;
                    case "EC" -> "SHA256withECDSA";
                    default -> algorithm;
                });
        if (algorithm.equals("RSASSA-PSS")) {
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        }
        return signature;
    }
}
