package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.BackendState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** TLS listeners through the whole program, with Spring Boot's SSL bundles. */
@ExtendWith(OutputCaptureExtension.class)
class TlsRelayTest {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final String NAME = "edge.example.org";

    @TempDir
    Path directory;

    @Test
    void clientsOverTlsAreKeptByTheirAddressAndLogged(CapturedOutput output) throws Exception {
        Certificates edge = bundle("edge");
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 3);
                Gateway gateway = Gateway.start(directory, yaml(backends))) {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 4; i++) {
                try (SSLSocket client = connect(gateway.listener("edge"), edge)) {
                    seen.add(ask(client));
                }
            }
            assertThat(seen).hasSize(1);
            Awaiting.until(() -> output.getOut()
                    .lines()
                    .anyMatch(line -> line.matches(
                            ".*protocol=tls listener=edge client=127\\.0\\.0\\.1:\\d+ server-name=edge\\.example\\.org"
                                    + " tls=TLSv1\\.3 scope=upstream/echo backend=echo-\\d outcome=kept cookie=none"
                                    + " bytes-in=6 bytes-out=14 duration-ms=[0-9.]+ end=completed")));
        }
    }

    @Test
    void aFailedHandshakeIsOneLineAndIsCounted(CapturedOutput output) throws Exception {
        bundle("edge");
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 1);
                Gateway gateway = Gateway.start(directory, yaml(backends))) {
            int before = output.getAll().lines().toList().size();
            try (Socket client = open(gateway.listener("edge"))) {
                client.getOutputStream().write("hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                client.getInputStream().readAllBytes();
            } catch (IOException e) {
                // It may be reset.
            }
            Awaiting.until(() -> output.getAll().contains("end=handshake-failed"));
            assertThat(output.getAll().lines().skip(before))
                    .singleElement()
                    .asString()
                    .matches(".*protocol=tls listener=edge client=\\S+ cookie=none bytes-in=0 bytes-out=0"
                            + " duration-ms=[0-9.]+ end=handshake-failed");
            assertThat(prometheus(gateway))
                    .contains(
                            "mooring_listener_refused_total{listener=\"edge\",protocol=\"tls\",reason=\"handshake-failed\"} 1.0");
        }
    }

    @Test
    void aReplacedCertificateIsUsedAndABadOneRefused(CapturedOutput output) throws Exception {
        Certificates first = bundle("edge");
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 1);
                Gateway gateway = Gateway.start(directory, yaml(backends));
                SSLSocket before = connect(gateway.listener("edge"), first)) {
            String backend = ask(before);

            Certificates second = Certificates.make(directory.resolve("second.p12"), NAME);
            second.writePem(directory.resolve("edge.crt"), directory.resolve("edge.key"));
            Awaiting.until(() -> shown(gateway, first, second).equals(certificate(second)));

            Files.writeString(directory.resolve("edge.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
            Awaiting.until(() -> output.getAll().contains("the replacement was refused"));
            assertThat(shown(gateway, first, second)).isEqualTo(certificate(second));

            assertThat(ask(before)).isEqualTo(backend);
            assertThat(prometheus(gateway))
                    .contains("mooring_tls_replacements_total{bundle=\"edge\",result=\"refused\"} ")
                    .contains("mooring_tls_replacements_total{bundle=\"edge\",result=\"accepted\"} ")
                    .doesNotContain("mooring_tls_replacements_total{bundle=\"edge\",result=\"accepted\"} 0.0")
                    .doesNotContain("mooring_tls_replacements_total{bundle=\"edge\",result=\"refused\"} 0.0");
        }
    }

    @Test
    void aBundleThatCannotBeReadKeepsTheProgramFromStarting(CapturedOutput output) throws Exception {
        bundle("edge");
        Files.writeString(directory.resolve("edge.key"), "no key");
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 1)) {
            assertThatThrownBy(() -> Gateway.start(directory, yaml(backends)))
                    .hasStackTraceContaining("SSL bundle edge");
            assertThat(output.getAll()).contains("SSL bundle edge").contains("spring.ssl.bundle.pem.edge");
        }
    }

    @Test
    void aListenerLeadsByServerNameAndReachesBackendsOverTls() throws Exception {
        Certificates edge = bundle("edge");
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 2);
                Gateway gateway = Gateway.start(directory, yaml(backends))) {
            // In front of that gateway is another, which leads to its TLS listener.
            try (Gateway front = Gateway.start(Files.createDirectory(directory.resolve("front")), """
                    spring.ssl.bundle.pem.edge.truststore.certificate: %s
                    mooring:
                      upstreams:
                        inner:
                          backends: { inner-1: { address: "127.0.0.1:%2$d" } }
                        secured:
                          tls: { bundle: edge, server-name: edge.example.org }
                          backends: { inner-1: { address: "127.0.0.1:%2$d" } }
                        echo: { backends: %3$s }
                      listeners:
                        passing:
                          protocol: tcp
                          address: 127.0.0.1
                          port: 0
                          upstream: echo
                          sni: { "[*.example.org]": inner }
                        securing: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: secured }
                    """.formatted(
                            directory.resolve("edge.crt").toUri(),
                            gateway.listener("edge").getPort(),
                            backends.yaml()))) {
                try (SSLSocket client = connect(front.listener("passing"), edge)) {
                    assertThat(ask(client)).startsWith("echo-");
                    assertThat(client.getSession().getPeerCertificates()[0]).isEqualTo(certificate(edge));
                }
                try (Socket client = open(front.listener("passing"))) {
                    assertThat(ask(client)).startsWith("echo-");
                }
                try (Socket client = open(front.listener("securing"))) {
                    assertThat(ask(client)).startsWith("echo-");
                }
            }
        }
    }

    @Test
    void backendsAreProbedAsTheyAreSpokenWith() throws Exception {
        bundle("edge");
        try (EchoBackends plain = EchoBackends.start("plain", Protocol.TCP, 1);
                Gateway gateway = Gateway.start(directory, yaml(plain));
                Gateway front = Gateway.start(Files.createDirectory(directory.resolve("front")), """
                        spring.ssl.bundle.pem.edge.truststore.certificate: %s
                        mooring:
                          upstreams:
                            secured:
                              tls: { bundle: edge, server-name: edge.example.org }
                              health-check: { type: tcp, interval: 3s }
                              backends: { good: { address: "127.0.0.1:%d" }, %s }
                            misnamed:
                              tls: { bundle: edge }
                              health-check: { type: tcp, interval: 3s }
                              backends: { good: { address: "127.0.0.1:%2$d" } }
                          listeners:
                            securing: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: secured }
                        """.formatted(
                                directory.resolve("edge.crt").toUri(),
                                gateway.listener("edge").getPort(),
                                plain.entries()))) {
            Awaiting.until(() -> state(front, "secured", "good") == BackendState.READY
                    && state(front, "secured", "plain-1") == BackendState.DOWN
                    && state(front, "misnamed", "good") == BackendState.DOWN);
        }
    }

    private static BackendState state(Gateway gateway, String upstream, String backend) {
        return gateway.fleet()
                .upstream(upstream)
                .orElseThrow()
                .snapshot()
                .member(backend)
                .orElseThrow()
                .state();
    }

    private Certificates bundle(String name) throws Exception {
        Certificates made = Certificates.make(directory.resolve(name + ".p12"), NAME);
        made.writePem(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
        return made;
    }

    private String yaml(EchoBackends backends) {
        return """
                spring.ssl.bundle:
                  watch.file.quiet-period: 100ms
                  pem.edge:
                    reload-on-update: true
                    keystore: { certificate: "%1$s", private-key: "%2$s" }
                mooring:
                  upstreams:
                    echo:
                      persistence: { type: source-ip, idle-timeout: 30s }
                      backends: %3$s
                  listeners:
                    edge: { protocol: tls, address: 127.0.0.1, port: 0, upstream: echo, tls: { bundles: [ edge ] } }
                """.formatted(
                        directory.resolve("edge.crt").toUri(),
                        directory.resolve("edge.key").toUri(),
                        backends.yaml());
    }

    private static Certificate shown(Gateway gateway, Certificates... trusted) {
        try (SSLSocket client = connect(gateway.listener("edge"), trusted)) {
            return client.getSession().getPeerCertificates()[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Certificate certificate(Certificates of) {
        try {
            return of.certificate();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLSocket connect(InetSocketAddress listener, Certificates... trusted) throws IOException {
        try {
            Socket wire = open(listener);
            SSLSocket client = (SSLSocket) Certificates.trusting(trusted)
                    .getSocketFactory()
                    .createSocket(wire, NAME, listener.getPort(), true);
            client.startHandshake();
            return client;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Socket open(InetSocketAddress listener) throws IOException {
        Socket socket = new Socket(listener.getAddress(), listener.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** The id of the backend that answers. */
    private static String ask(Socket socket) throws IOException {
        socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
        String answer =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertThat(answer).endsWith(": hello");
        return answer.substring(0, answer.indexOf(':'));
    }

    private static String prometheus(Gateway gateway) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway.managementPort() + "/actuator/prometheus"))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
