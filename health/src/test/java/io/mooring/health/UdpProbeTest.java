package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.topology.Payload;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.upstream.Backend;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class UdpProbeTest {

    private static final Duration SHORT = Duration.ofMillis(300);

    private static Prober prober;

    @BeforeAll
    static void start() {
        prober = new Prober();
    }

    @AfterAll
    static void stop() {
        prober.close();
    }

    static Stream<Arguments> backends() {
        return Stream.of(
                arguments("pong", "po", true, "answered"),
                arguments("pong", "hex:706f6e67", true, "answered"),
                arguments("pong", "pong!", false, "another answer than expected"),
                arguments("other", "po", false, "another answer than expected"),
                arguments("other", null, true, "answered"),
                arguments(null, null, true, "nobody said that it is unreachable"),
                arguments(null, "po", false, "no answer in time"));
    }

    @ParameterizedTest(name = "answers {0}, expected {1}: {3}")
    @MethodSource("backends")
    void anAnswerIsJudged(String answer, String expected, boolean good, String words) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> serve(socket, answer), "udp-backend");
            server.start();
            ProbeSpec spec = new ProbeSpec.Udp(Payload.of("ping"), expected == null ? null : Payload.of(expected));

            assertThat(prober.probe(spec, backend(socket), SHORT))
                    .isEqualTo(good ? ProbeResult.good(words) : ProbeResult.bad(words));
        }
    }

    @Test
    void anUnreachablePortIsBad() throws Exception {
        Backend gone;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            gone = backend(socket);
        }

        assertThat(prober.probe(new ProbeSpec.Udp(Payload.of("hex:00"), null), gone))
                .isEqualTo(ProbeResult.bad("port unreachable"));
    }

    private static Backend backend(DatagramSocket socket) {
        return new Backend("b", "127.0.0.1", socket.getLocalPort(), 10);
    }

    private static void serve(DatagramSocket socket, String answer) {
        try {
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            socket.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                    .isEqualTo("ping");
            if (answer != null) {
                byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            socket.close();
        }
    }
}
