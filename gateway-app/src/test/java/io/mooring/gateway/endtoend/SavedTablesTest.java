package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gateway remembers of TCP clients outlives it. */
class SavedTablesTest {

    @TempDir
    Path directory;

    @Test
    void aClientComesBackToItsBackendAfterARestart() throws IOException {
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 5)) {
            String home;
            try (Gateway gateway = Gateway.start(directory, yaml(backends))) {
                askOnce(gateway, "other");
                askOnce(gateway, "other");
                home = askOnce(gateway, "kept");
            }
            assertThat(directory.resolve("data/sessions/listener-kept.table")).isNotEmptyFile();

            for (int restart = 0; restart < 2; restart++) {
                try (Gateway gateway = Gateway.start(directory, yaml(backends))) {
                    assertThat(scope(gateway).directory().orElseThrow().find(loopback()))
                            .extracting(session -> session.backendId())
                            .containsExactly(home);
                    assertThat(askOnce(gateway, "kept")).isEqualTo(home);
                    assertThat(scope(gateway).outcomes(Outcome.KEPT)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aDamagedTableKeepsNothingFromStarting() throws IOException {
        Path table = directory.resolve("data/sessions/listener-kept.table");
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 5)) {
            try (Gateway gateway = Gateway.start(directory, yaml(backends))) {
                askOnce(gateway, "kept");
            }
            byte[] bytes = Files.readAllBytes(table);
            bytes[bytes.length / 2] ^= 1;
            Files.write(table, bytes);

            try (Gateway gateway = Gateway.start(directory, yaml(backends))) {
                assertThat(scope(gateway).liveSessions()).hasValue(0);
                askOnce(gateway, "kept");
                assertThat(scope(gateway).outcomes(Outcome.NEW)).isEqualTo(1);
            }
        }
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    private static Scope scope(Gateway gateway) {
        return gateway.fleet().listenerScope("kept").orElseThrow();
    }

    private static String askOnce(Gateway gateway, String listener) throws IOException {
        try (Socket socket = new Socket(loopback(), gateway.listener(listener).getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return answer.substring(0, answer.indexOf(':'));
        }
    }

    private static String yaml(EchoBackends backends) {
        return """
                mooring:
                  upstreams:
                    echo:
                      backends: %s
                  listeners:
                    kept:
                      { protocol: tcp, address: 127.0.0.1, port: 0, upstream: echo, persistence: { type: source-ip } }
                    other: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: echo }
                """.formatted(backends.yaml());
    }
}
