package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TCP and UDP through the whole program; scenario 2 of the model. */
class RelayTest {

    private static final int TIMEOUT_MILLIS = 20_000;

    @TempDir
    Path directory;

    @Test
    void scenario2ATcpConnectionIsNeverMovedAndReturnsToItsBackendOnlyWithPersistence() throws IOException {
        AtomicLong nanos = new AtomicLong();
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 3);
                Gateway gateway = Gateway.start(nanos::get, directory, yaml(backends, "tcp"))) {
            InetSocketAddress plain = gateway.listener("plain");
            InetSocketAddress kept = gateway.listener("kept");

            try (Socket connection = connect(plain)) {
                Set<String> seen = new HashSet<>();
                for (int i = 0; i < 10; i++) {
                    seen.add(ask(connection));
                }
                assertThat(seen).hasSize(1);
            }
            assertThat(List.of(askOnce(plain), askOnce(plain), askOnce(plain))).doesNotHaveDuplicates();

            String backend = askOnce(kept);
            for (int i = 0; i < 5; i++) {
                nanos.addAndGet(Duration.ofSeconds(29).toNanos());
                assertThat(askOnce(kept)).isEqualTo(backend);
            }

            Awaiting.until(() -> gateway.fleet().upstream("echo").orElseThrow().snapshot().members().stream()
                    .allMatch(member -> member.activity().active() == 0));
            nanos.addAndGet(Duration.ofSeconds(30).toNanos());
            assertThat(askOnce(kept)).isNotEqualTo(backend);
            assertThat(gateway.fleet().listenerScope("kept").orElseThrow().outcomes(Outcome.IDLE_EXPIRED))
                    .isEqualTo(1);
        }
    }

    @Test
    void datagramsOfOneAddressReachOneBackendWhateverTheirPort() throws IOException {
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.UDP, 3);
                Gateway gateway = Gateway.start(directory, yaml(backends, "udp"))) {
            Set<String> kept = new HashSet<>();
            Set<String> plain = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                kept.add(askByDatagram(gateway.listener("kept")));
                plain.add(askByDatagram(gateway.listener("plain")));
            }

            assertThat(kept).hasSize(1);
            assertThat(plain).hasSize(3);
        }
    }

    private static String yaml(EchoBackends backends, String protocol) {
        return """
                mooring:
                  upstreams:
                    echo: { backends: %1$s }
                  listeners:
                    plain: { protocol: %2$s, address: 127.0.0.1, port: 0, upstream: echo }
                    kept:
                      protocol: %2$s
                      address: 127.0.0.1
                      port: 0
                      upstream: echo
                      persistence: { type: source-ip, idle-timeout: 30s }
                """.formatted(backends.yaml(), protocol);
    }

    private static Socket connect(InetSocketAddress listener) throws IOException {
        Socket socket = new Socket(listener.getAddress(), listener.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static String askOnce(InetSocketAddress listener) throws IOException {
        try (Socket socket = connect(listener)) {
            return ask(socket);
        }
    }

    /** The id of the backend that answers. */
    private static String ask(Socket socket) throws IOException {
        socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
        String answer =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertThat(answer).endsWith(": hello");
        return answer.substring(0, answer.indexOf(':'));
    }

    private static String askByDatagram(InetSocketAddress listener) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(hello, hello.length, listener));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            socket.receive(answer);
            assertThat(answer.getSocketAddress()).isEqualTo(listener);
            String text = new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
            assertThat(text).endsWith(": hello");
            return text.substring(0, text.indexOf(':'));
        }
    }
}
