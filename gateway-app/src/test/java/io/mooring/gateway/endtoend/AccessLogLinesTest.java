package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    @Test
    void aBackendThatFailsMidwayIsACutLine() throws Exception {
        try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Gateway gateway = start(yaml("{ shop-1: { address: \"127.0.0.1:" + backend.getLocalPort() + "\" } }"));
                HttpConnection connection = new HttpConnection(gateway.port())) {
            CompletableFuture<Void> failing = CompletableFuture.runAsync(() -> answerHalf(backend));

            assertThat(connection.get("/a").body()).isEqualTo("half");
            assertThat(connection.isClosedByPeer()).isTrue();

            assertThat(lines.await(1).get(0)).contains("path=/a", "status=200", "end=cut");
            failing.get(20, TimeUnit.SECONDS);
        }
    }

    /** Begins a response and closes the connection within it. */
    private static void answerHalf(ServerSocket backend) {
        try (Socket socket = backend.accept()) {
            assertThat(socket.getInputStream().read()).isEqualTo('G');
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
