package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that is not Java's. */
@EnabledIf(value = "isThere", disabledReason = "no openssl on this machine")
class TlsByOpenSslTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void opensslIsServedVerifiesTheCertificateAndClosesInOrder(String version) throws Exception {
        Path trusted = pem(TestCertificates.certificate(TlsRelayContract.EDGE));
        // Answers a line, and closes.
        try (TcpBackend backend = TcpBackend.saying("a", socket -> {
                    int read;
                    StringBuilder line = new StringBuilder();
                    while ((read = socket.getInputStream().read()) != '\n' && read >= 0) {
                        line.append((char) read);
                    }
                    socket.getOutputStream().write((line + " to you\n").getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                    socket.close();
                });
                TestGateway gateway = TestGateway.withTls(TlsRelayContract.contexts(), BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TlsRelayContract.spec());
            Process openssl = new ProcessBuilder(
                            "openssl",
                            "s_client",
                            version,
                            "-connect",
                            "127.0.0.1:" + listener.address().getPort(),
                            "-servername",
                            "edge.example.org",
                            "-verify_hostname",
                            "edge.example.org",
                            "-verify_return_error",
                            "-CAfile",
                            trusted.toString(),
                            "-ign_eof",
                            "-quiet")
                    .redirectErrorStream(false)
                    .redirectError(directory.resolve("openssl.log").toFile())
                    .start();
            try (OutputStream in = openssl.getOutputStream()) {
                in.write("hello\n".getBytes(StandardCharsets.US_ASCII));
                in.flush();
                String answer = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(answer)
                        .as(Files.readString(directory.resolve("openssl.log")))
                        .isEqualTo("hello to you\n");
            } finally {
                openssl.destroy();
            }
            assertThat(openssl.waitFor(10, TimeUnit.SECONDS)).isTrue();
            ConnectionRecord record = gateway.ended();
            assertThat(record.tls().serverName()).isEqualTo("edge.example.org");
            assertThat(record.tls().version()).isEqualTo(version.equals("-tls1_2") ? "TLSv1.2" : "TLSv1.3");
        }
    }

    private Path pem(Certificate certificate) throws Exception {
        return Files.write(
                directory.resolve("ca.pem"),
                List.of(
                        "-----BEGIN CERTIFICATE-----",
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded()),
                        "-----END CERTIFICATE-----"));
    }

    static boolean isThere() {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "openssl")));
    }
}
