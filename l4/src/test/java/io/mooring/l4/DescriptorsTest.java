package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What happens when the process has no file descriptors left. */
class DescriptorsTest {

    private static final Path SHELL = Path.of("/bin/bash");
    private static final int DESCRIPTORS = 160;
    private static final int CROWD = 300;

    @Test
    void whenDescriptorsRunOutNothingSpinsAndTheNextAreServedOnceSomeAreFree() throws Exception {
        assumeThat(SHELL).exists();
        try (TcpBackend backend = TcpBackend.echo("a");
                Child child = new Child(backend.spec().port())) {
            assertThat(child.serves()).isTrue();

            List<Socket> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), child.port));
            }
            Eventually.await("it complains", () -> child.hasSaid("Too many open files"));
            Duration before = child.cpu();
            assertThat(Eventually.holdsWithin(Duration.ofSeconds(2), () -> !child.process.isAlive()))
                    .isFalse();
            assertThat(child.cpu().minus(before)).isLessThan(Duration.ofMillis(500));

            for (Socket socket : crowd) {
                TcpBackend.reset(socket);
            }
            Eventually.await("it serves again", child::serves);
            assertThat(child.output).noneMatch(line -> line.contains("\tat "));
        }
    }

    /** The process. */
    private static final class Child implements AutoCloseable {

        private final Queue<String> output = new ConcurrentLinkedQueue<>();
        private final Process process;
        private final int port;

        Child(int backendPort) throws IOException {
            process = new ProcessBuilder(
                            SHELL.toString(),
                            "-c",
                            "ulimit -n " + DESCRIPTORS + " && exec \"$0\" \"$@\"",
                            ProcessHandle.current().info().command().orElse("java"),
                            "-ea", // Netty's own assertions tell what is done on a thread that has no business there
                            "-cp",
                            System.getProperty("java.class.path"),
                            LoneGateway.class.getName(),
                            String.valueOf(backendPort))
                    .redirectErrorStream(true)
                    .start();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null && !line.matches("[0-9]+")) {
                line = lines.readLine();
            }
            port = Integer.parseInt(String.valueOf(line));
            Thread reader = new Thread(() -> lines.lines().forEach(output::add), "output");
            reader.setDaemon(true);
            reader.start();
        }

        boolean serves() {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setSoTimeout(2_000);
                return TcpBackend.readId(client.getInputStream()).equals("a");
            } catch (IOException e) {
                return false;
            }
        }

        boolean hasSaid(String text) {
            return output.stream().anyMatch(line -> line.contains(text));
        }

        Duration cpu() {
            return process.info().totalCpuDuration().orElseThrow();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
