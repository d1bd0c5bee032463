package io.mooring.l4;

import io.mooring.testkit.KeyTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Self-signed certificates with their keys, made by the JDK's keytool, each kind once in a test run. */
final class TestCertificates {

    private static final char[] PASSWORD = KeyTool.PASSWORD.toCharArray();
    private static final Map<String, KeyStore> MADE = new ConcurrentHashMap<>();

    private TestCertificates() {}

    /** A key and its certificate for these names, as keytool has them: {@code dns:localhost}, {@code ip:127.0.0.1}. */
    static KeyStore of(String... names) {
        return made("fresh", List.of("-ext", "san=" + String.join(",", names)));
    }

    /** Another one for the same name. */
    static KeyStore another(String... names) {
        return made("another", List.of("-ext", "san=" + String.join(",", names)));
    }

    /** One that expired a day ago. */
    static KeyStore expired(String... names) {
        return made(
                "expired", List.of("-ext", "san=" + String.join(",", names), "-startdate", "-2d", "-validity", "1"));
    }

    static KeyManagerFactory keys(KeyStore store) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        return keys;
    }

    /** What trusts the certificates of these. */
    static TrustManagerFactory trusting(KeyStore... stores) throws GeneralSecurityException, IOException {
        return KeyTool.trusting(stores);
    }

    /** A key with the certificate of another. */
    static KeyStore mismatched() throws GeneralSecurityException, IOException {
        KeyStore mixed = KeyStore.getInstance("PKCS12");
        mixed.load(null, null);
        KeyStore one = of("dns:localhost");
        mixed.setKeyEntry(KeyTool.ALIAS, one.getKey(KeyTool.ALIAS, PASSWORD), PASSWORD, new Certificate[] {
            KeyTool.certificate(another("dns:localhost"))
        });
        return mixed;
    }

    /** A client's or server's side of TLS that has these keys, if any, and trusts the certificates of those. */
    static SSLContext context(Optional<KeyStore> own, KeyStore... trusted)
            throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                own.isPresent() ? keys(own.get()).getKeyManagers() : null,
                trusting(trusted).getTrustManagers(),
                null);
        return context;
    }

    static Certificate certificate(KeyStore store) throws GeneralSecurityException {
        return KeyTool.certificate(store);
    }

    private static KeyStore made(String kind, List<String> options) {
        return MADE.computeIfAbsent(kind + options, key -> make(options));
    }

    private static KeyStore make(List<String> options) {
        try {
            Path directory = Files.createTempDirectory("certificates-");
            return KeyTool.make(directory.resolve("it.p12"), "test", options.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
