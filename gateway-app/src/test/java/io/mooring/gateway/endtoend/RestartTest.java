package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.gateway.MooringApplication;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** One gateway after another on the same ports, each in a process of its own. */
@EnabledIf(value = "isNative", disabledReason = "no native epoll on this machine")
class RestartTest {

    private static final Duration START = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private int http;
    private int tcp;

    @BeforeEach
    void choosePorts() {
        http = Ports.free(Protocol.TCP);
        tcp = Ports.free(Protocol.TCP);
    }

    @Test
    void aGatewayTakesOverFromAnotherWithoutASingleClientRefusedOrReset() throws Exception {
        try (HttpBackends shop = HttpBackends.start("shop", 1);
                EchoBackends echo = EchoBackends.start("echo", Protocol.TCP, 1);
                Child first = new Child(configuration(shop, echo))) {
            Visitors byTcp = new Visitors(this::visitByTcp);
            Visitors byHttp = new Visitors(this::visitByHttp);
            Awaiting.until(() -> byTcp.served.get() > 20 && byHttp.served.get() > 20);

            try (Child second = new Child(configuration(shop, echo), "--mooring.share-ports=true")) {
                first.stop();
                int tcpByThen = byTcp.served.get();
                int httpByThen = byHttp.served.get();
                Awaiting.until(() -> byTcp.served.get() > tcpByThen + 50 && byHttp.served.get() > httpByThen + 50);
                byTcp.stop();
                byHttp.stop();

                assertThat(byTcp.failures).isEmpty();
                assertThat(byHttp.failures).isEmpty();
                assertThat(second.process.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aSecondGatewayThatIsNotMeantToShareDoesNotStart() throws Exception {
        try (HttpBackends shop = HttpBackends.start("shop", 1);
                EchoBackends echo = EchoBackends.start("echo", Protocol.TCP, 1);
                Gateway first = Gateway.start(directory, configuration(shop, echo), "--server.port=" + http)) {
            assertThat(first.port()).isEqualTo(http);
            assertThatThrownBy(() -> Gateway.start(directory, configuration(shop, echo), "--server.port=" + http))
                    .hasStackTraceContaining(String.valueOf(http));
            assertThatThrownBy(() -> Gateway.start(directory, configuration(shop, echo)))
                    .hasStackTraceContaining(String.valueOf(tcp));
        }
    }

    static boolean isNative() {
        return Epoll.isAvailable();
    }

    private void visitByTcp() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcp)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readNBytes(13), StandardCharsets.UTF_8);
            if (!answer.equals("echo-1: hello")) {
                throw new IOException("heard: " + answer);
            }
        }
    }

    private void visitByHttp() throws IOException {
        String answer = get(http, "/");
        if (!answer.startsWith("HTTP/1.1 200 ") || !answer.endsWith("shop-1")) {
            throw new IOException("heard: " + answer);
        }
    }

    /** What is answered on a connection of its own. */
    private static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private String configuration(HttpBackends shop, EchoBackends echo) {
        return """
                mooring:
                  upstreams:
                    shop: { backends: %s }
                    echo: { backends: %s }
                  listeners:
                    echo: { protocol: tcp, address: 127.0.0.1, port: %d, upstream: echo }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(shop.yaml(), echo.yaml(), tcp);
    }

    /** A gateway in a process of its own, which serves. */
    private final class Child implements AutoCloseable {

        private final Process process;
        private final int management = Ports.free(Protocol.TCP);

        Child(String yaml, String... arguments) throws IOException {
            Path file = Files.writeString(Files.createTempFile(directory, "gateway", ".yml"), yaml);
            Path output = Files.createTempFile(directory, "gateway", ".log");
            List<String> command = new ArrayList<>(List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    MooringApplication.class.getName(),
                    "run",
                    "--config",
                    file.toString(),
                    "--server.address=127.0.0.1",
                    "--server.port=" + http,
                    "--management.server.port=" + management,
                    "--mooring.data-dir=" + directory.resolve("data")));
            command.addAll(Arrays.asList(arguments));
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Awaiting.until(START, () -> isReady() || !process.isAlive());
            if (!process.isAlive()) {
                throw new AssertionError(Files.readString(output));
            }
        }

        void stop() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("it does not stop");
            }
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }

        private boolean isReady() {
            try {
                return get(management, "/actuator/health/readiness").startsWith("HTTP/1.1 200 ");
            } catch (IOException e) {
                return false;
            }
        }
    }

    /** Clients who come one after another, and are each served. */
    private static final class Visitors {

        private final AtomicInteger served = new AtomicInteger();
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;

        Visitors(Visit visit) {
            for (int i = 0; i < 3; i++) {
                Thread thread = new Thread(() -> comeAndGo(visit), "visitor");
                thread.start();
                threads.add(thread);
            }
        }

        void stop() throws InterruptedException {
            stopped = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private void comeAndGo(Visit visit) {
            while (!stopped) {
                try {
                    visit.make();
                    served.incrementAndGet();
                } catch (IOException e) {
                    failures.add(e.toString());
                }
            }
        }
    }

    /** One visit. */
    @FunctionalInterface
    private interface Visit {
        void make() throws IOException;
    }
}
