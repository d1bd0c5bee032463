package io.mooring.l4;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Self-signed certificates with their keys, made by the JDK's keytool, each kind once in a test run. */
final class TestCertificates {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String ALIAS = "it";
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
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (int i = 0; i < stores.length; i++) {
            trusted.setCertificateEntry("t" + i, stores[i].getCertificate(ALIAS));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust;
    }

    /** A key with the certificate of another. */
    static KeyStore mismatched() throws GeneralSecurityException, IOException {
        KeyStore mixed = KeyStore.getInstance("PKCS12");
        mixed.load(null, null);
        KeyStore one = of("dns:localhost");
        mixed.setKeyEntry(ALIAS, one.getKey(ALIAS, PASSWORD), PASSWORD, new Certificate[] {
            another("dns:localhost").getCertificate(ALIAS)
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
        return store.getCertificate(ALIAS);
    }

    private static KeyStore made(String kind, List<String> options) {
        return MADE.computeIfAbsent(kind + options, key -> make(options));
    }

    private static KeyStore make(List<String> options) {
        try {
            Path directory = Files.createTempDirectory("certificates-");
            Path file = directory.resolve("it.p12");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    ALIAS,
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=test",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    new String(PASSWORD),
                    "-keystore",
                    file.toString()));
            command.addAll(options);
            Process keytool = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("keytool.log").toFile())
                    .start();
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new AssertionError(Files.readString(directory.resolve("keytool.log")));
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            return store;
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
