package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.gateway.accesslog.AccessLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What the access log says of what clients did. */
class AccessLogLinesTest {

    @TempDir
    Path directory;

    private final Logger logger = (Logger) LoggerFactory.getLogger(AccessLog.LOGGER);
    private final Lines lines = new Lines();

    @AfterEach
    void hush() {
        logger.detachAppender(lines);
    }

    /** A gateway that logs to the lines; a start lets go of all appenders, so they are added after it. */
    private Gateway start(String yaml) {
        Gateway gateway = Gateway.start(directory, yaml);
        lines.setContext(logger.getLoggerContext());
        lines.start();
        logger.addAppender(lines);
        return gateway;
    }

    @Test
    void eachRequestHasOneLineWithWhatWasDecided() throws IOException {
        try (HttpBackends backends = HttpBackends.start("shop", 1);
                Gateway gateway = start(yaml(backends.yaml()));
                HttpConnection connection = new HttpConnection(gateway.port())) {
            String cookie = connection.get("/a?secret=1").cookie();
            connection.get("/b", "Cookie: " + cookie);
            connection.get("/c", "Cookie: mooring-shop=x");
            connection.get("/elsewhere/d");

            List<String> written = lines.await(4);
            assertThat(written.get(0))
                    .matches(
                            "protocol=http client=127\\.0\\.0\\.1:\\d+ method=GET path=/a status=200 scope=upstream/shop"
                                    + " backend=shop-1 outcome=new cookie=inserted duration-ms=[0-9.]+ end=completed");
            assertThat(written.get(1)).contains("path=/b", "outcome=kept", "cookie=none");
            assertThat(written.get(2)).contains("path=/c", "outcome=invalid", "cookie=replaced");
            assertThat(written.get(3))
                    .contains("path=/elsewhere/d", "status=404")
                    .doesNotContain("scope=");
            assertThat(written).noneMatch(line -> line.contains(cookie) || line.contains("secret"));
        }
    }

    @Test
    void aRequestWithoutABackendSaysWhatTheClientWasTold() throws IOException {
        HttpBackends backends = HttpBackends.start("shop", 1);
        String yaml = yaml(backends.yaml());
        backends.close();
        try (Gateway gateway = start(yaml);
                HttpConnection connection = new HttpConnection(gateway.port())) {
            assertThat(connection.get("/a").status()).isEqualTo(503);

            assertThat(lines.await(1).get(0))
                    .contains("status=503", "outcome=new")
                    .doesNotContain("backend=");
        }
    }

    @Test
    void eachTcpConnectionHasOneLineWithItsBytes() throws IOException {
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 1);
                Gateway gateway = start(echo(backends))) {
            InetSocketAddress listener = gateway.listener("echo");
            try (Socket socket = new Socket(listener.getAddress(), listener.getPort())) {
                socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                assertThat(socket.getInputStream().readNBytes(13)).hasSize(13);
            }

            assertThat(lines.await(1).get(0))
                    .matches("protocol=tcp listener=echo client=127\\.0\\.0\\.1:\\d+ scope=upstream/echo backend=echo-1"
                            + " outcome=off cookie=none bytes-in=5 bytes-out=13 duration-ms=[0-9.]+ end=[a-z-]+");
        }
    }

    /** What a backend sends before it closes the connection, in order or with a reset, and what is logged. */
    static Stream<Arguments> failures() {
        return Stream.of(
                arguments("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true, "200", "cut"),
                arguments("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", false, "200", "cut"),
                arguments("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", false, "200", "cut"),
                arguments("HTTP/1.1 200", false, "502", "failed"),
                arguments("who are you?\r\n\r\n", false, "502", "failed"),
                arguments("", true, "502", "failed"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aBackendThatBreaksOffIsInTheLine(String answer, boolean reset, String status, String end) throws Exception {
        try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Gateway gateway = start(yamlOf(backend));
                HttpConnection connection = new HttpConnection(gateway.port())) {
            CompletableFuture<Void> failing = CompletableFuture.runAsync(
                    () -> {
                        try (Socket socket = accept(backend)) {
                            socket.setSoLinger(reset, 0);
                            socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    Awaiting.THREADS);

            connection.send("/a");

            assertThat(lines.await(1).get(0)).contains("path=/a", "status=" + status, "end=" + end);
            failing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aClientThatLeavesBeforeTheAnswerWasToldNothing() throws Exception {
        try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Gateway gateway = start(yamlOf(backend))) {
            try (HttpConnection connection = new HttpConnection(gateway.port())) {
                connection.send("/a");
                accept(backend);
            }

            assertThat(lines.await(1).get(0)).contains("end=client-aborted").doesNotContain("status=");
        }
    }

    @Test
    void aClientThatLeavesWithinTheAnswerIsNotTakenForServed() throws Exception {
        try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Gateway gateway = start(yamlOf(backend))) {
            CompletableFuture<Void> endless =
                    CompletableFuture.runAsync(() -> answerWithoutEnd(backend), Awaiting.THREADS);
            try (HttpConnection connection = new HttpConnection(gateway.port())) {
                connection.send("/a");
                assertThat(connection.isClosedByPeer()).isFalse();
            }

            assertThat(lines.await(1).get(0)).contains("status=200", "end=client-aborted");
            endless.get(20, TimeUnit.SECONDS);
        }
    }

    /** Takes a connection and reads a request's head. */
    private static Socket accept(ServerSocket backend) throws IOException {
        Socket socket = backend.accept();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        return socket;
    }

    private static void answerWithoutEnd(ServerSocket backend) {
        try (Socket socket = accept(backend)) {
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            byte[] chunk = ("2000\r\n" + "x".repeat(0x2000) + "\r\n").getBytes(StandardCharsets.UTF_8);
            while (!Thread.currentThread().isInterrupted()) {
                socket.getOutputStream().write(chunk);
            }
        } catch (IOException e) {
            assertThat(e).as("the gateway hangs up when its client does").isNotNull();
        }
    }

    private static String yamlOf(ServerSocket backend) {
        return yaml("{ shop-1: { address: \"127.0.0.1:" + backend.getLocalPort() + "\" } }");
    }

    private static String echo(EchoBackends backends) {
        return """
                logging.level.mooring.access: info
                mooring:
                  upstreams:
                    echo: { backends: %s }
                  listeners:
                    echo: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: echo }
                """.formatted(backends.yaml());
    }

    private static String yaml(String backends) {
        return """
                logging.level.mooring.access: info
                mooring:
                  upstreams:
                    shop: { persistence: { type: cookie }, backends: %s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/{one}" ] }
                """.formatted(backends);
    }

    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final List<String> written = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            written.add(event.getFormattedMessage());
        }

        List<String> await(int count) {
            Awaiting.until(() -> written.size() >= count);
            assertThat(written).hasSize(count);
            return written;
        }
    }
}
