package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Long connections to a backend that a change of the file has removed. */
@ExtendWith(OutputCaptureExtension.class)
class RescheduledConnectionsTest {

    private static final int CONNECTIONS = 6;

    @TempDir
    Path directory;

    @Test
    void theyStayUntilTheListenerIsToldToRescheduleThem(CapturedOutput output) throws Exception {
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 2);
                Gateway gateway = Gateway.start(directory, yaml(backends.entries(), ""))) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(new Client(gateway.listener("echo").getPort()));
            }
            List<String> homes = new ArrayList<>();
            for (Client client : clients) {
                homes.add(client.ask());
            }
            assertThat(homes).contains("echo-1", "echo-2");
            String remaining = backends.entries().split(", ", 2)[0];

            assertThat(gateway.reload(yaml(remaining, ""))).isTrue();
            for (int i = 0; i < CONNECTIONS; i++) {
                assertThat(clients.get(i).ask()).isEqualTo(homes.get(i));
            }

            assertThat(gateway.reload(yaml(remaining, ", reschedule: { when: removed }")))
                    .isTrue();
            long gone = homes.stream().filter("echo-2"::equals).count();
            Awaiting.until(() -> rescheduled(gateway) == gone);
            for (int i = 0; i < CONNECTIONS; i++) {
                Client client = clients.get(i);
                if (homes.get(i).equals("echo-2")) {
                    assertThatThrownBy(client::ask).isInstanceOf(SocketException.class);
                } else {
                    assertThat(client.ask()).isEqualTo("echo-1");
                }
                client.close();
            }
            Awaiting.until(() -> output.getOut().contains("backend=echo-2 outcome=off"));
            assertThat(output.getOut()).containsPattern("protocol=tcp .* backend=echo-2 .* end=rescheduled");
        }
    }

    private static double rescheduled(Gateway gateway) {
        return gateway.metric("mooring.listener.rescheduled", "listener", "echo", "reason", "removed");
    }

    private static String yaml(String backends, String keys) {
        return """
                mooring:
                  upstreams:
                    echo: { backends: { %s } }
                  listeners:
                    echo: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: echo%s }
                """.formatted(backends, keys);
    }

    /** A client that keeps its connection. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader answers;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        }

        /** Who answers. */
        String ask() throws IOException {
            socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("the end");
            }
            return answer.split(":", 2)[0];
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
