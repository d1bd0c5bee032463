package io.mooring.gateway.endtoend;

import io.mooring.testkit.KeyTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** A self-signed certificate with its key, made by the JDK's keytool in a directory. */
record Certificates(KeyStore store) {

    static final String PASSWORD = KeyTool.PASSWORD;

    /** Makes one for a host name, kept in a PKCS 12 file. */
    static Certificates make(Path file, String name)
            throws IOException, InterruptedException, GeneralSecurityException {
        return new Certificates(KeyTool.make(file, name, "-ext", "san=dns:" + name));
    }

    Certificate certificate() throws GeneralSecurityException {
        return KeyTool.certificate(store);
    }

    /** Writes the certificate and the key as PEM files. */
    void writePem(Path certificate, Path key) throws IOException, GeneralSecurityException {
        write(
                key,
                "PRIVATE KEY",
                store.getKey(KeyTool.ALIAS, PASSWORD.toCharArray()).getEncoded());
        write(certificate, "CERTIFICATE", certificate().getEncoded());
    }

    /** A client's side of TLS that trusts these. */
    static SSLContext trusting(Certificates... trusted) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyStore[] stores = Stream.of(trusted).map(Certificates::store).toArray(KeyStore[]::new);
        context.init(null, KeyTool.trusting(stores).getTrustManagers(), null);
        return context;
    }

    private static void write(Path file, String kind, byte[] content) throws IOException {
        Files.write(
                file,
                List.of(
                        "-----BEGIN " + kind + "-----",
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content),
                        "-----END " + kind + "-----"));
    }
}
