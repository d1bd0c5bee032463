package io.mooring.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManagerFactory;

/** Keys with self-signed certificates, made by the JDK's keytool. */
public final class KeyTool {

    /** Of the stores and of the keys in them. */
    public static final String PASSWORD = "changeit";
    /** What the key is called in its store. */
    public static final String ALIAS = "it";

    private KeyTool() {}

    /**
     * An elliptic curve key and its certificate, kept in a PKCS 12 file.
     *
     * @param name the certificate's common name
     * @param options what else keytool is to be told, such as {@code -ext san=dns:localhost}
     * @throws IOException when keytool makes none; the message is what it said
     */
    public static KeyStore make(Path file, String name, String... options)
            throws IOException, GeneralSecurityException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString()));
        command.addAll(List.of(options));
        Path said = file.resolveSibling(file.getFileName() + ".log");
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException(Files.readString(said));
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** The certificate that {@link #make} made. */
    public static Certificate certificate(KeyStore store) throws KeyStoreException {
        return store.getCertificate(ALIAS);
    }

    /** What trusts the certificates in these stores, and no others. */
    public static TrustManagerFactory trusting(KeyStore... stores) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (int i = 0; i < stores.length; i++) {
            trusted.setCertificateEntry("t" + i, certificate(stores[i]));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust;
    }
}
