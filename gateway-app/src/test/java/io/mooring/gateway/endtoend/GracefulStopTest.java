package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Sinks;

/** What becomes of those who are being served when the gateway is told to stop. */
class GracefulStopTest {

    @TempDir
    Path directory;

    @Test
    void aRequestInFlightIsFinishedAndNoNewConnectionIsTaken() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        Sinks.One<String> answer = Sinks.one();
        try (HttpBackends backends = HttpBackends.start("shop", 1, id -> (request, response) -> {
            arrived.countDown();
            return response.sendString(answer.asMono());
        })) {
            Gateway gateway = Gateway.start(directory, yaml(backends));
            int port = gateway.port();
            try (HttpConnection connection = new HttpConnection(port)) {
                CompletableFuture<HttpConnection.Response> response =
                        CompletableFuture.supplyAsync(() -> get(connection), Awaiting.THREADS);
                assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();

                CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::close, Awaiting.THREADS);
                Awaiting.until(() -> Ports.isRefused(port));
                assertThat(stopped).isNotDone();

                answer.tryEmitValue("served").orThrow();
                assertThat(response.get(20, TimeUnit.SECONDS).body()).isEqualTo("served");
                stopped.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aTcpConnectionIsServedUntilItEndsAndNoNewOneIsTaken() throws Exception {
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 1)) {
            Gateway gateway = Gateway.start(directory, echo(backends));
            InetSocketAddress listener = gateway.listener("echo");
            CompletableFuture<Void> stopped;
            try (Socket socket = new Socket(listener.getAddress(), listener.getPort())) {
                socket.setSoTimeout(20_000);
                say(socket, "before");

                stopped = CompletableFuture.runAsync(gateway::close, Awaiting.THREADS);
                Awaiting.until(() -> Ports.isRefused(listener.getPort()));
                say(socket, "meanwhile");
                assertThat(stopped).isNotDone();
            }
            stopped.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aTcpConnectionThatNeverEndsIsCutAtTheDeadline() throws Exception {
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 1)) {
            Gateway gateway =
                    Gateway.start(directory, echo(backends), "--spring.lifecycle.timeout-per-shutdown-phase=2s");
            InetSocketAddress listener = gateway.listener("echo");
            try (Socket socket = new Socket(listener.getAddress(), listener.getPort())) {
                socket.setSoTimeout(20_000);
                say(socket, "before");

                CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::close, Awaiting.THREADS);

                assertThat(isCut(socket)).isTrue();
                stopped.get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        String expected = "echo-1: " + text;
        assertThat(new String(socket.getInputStream().readNBytes(expected.length()), StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }

    private static boolean isCut(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static HttpConnection.Response get(HttpConnection connection) {
        try {
            return connection.get("/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String echo(EchoBackends backends) {
        return """
                mooring:
                  upstreams:
                    echo: { backends: %s }
                  listeners:
                    echo: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: echo }
                """.formatted(backends.yaml());
    }

    private static String yaml(HttpBackends backends) {
        return """
                mooring:
                  upstreams:
                    shop: { backends: %s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(backends.yaml());
    }
}
