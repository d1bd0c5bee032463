package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** One gateway after another on the same ports, each in a process of its own. */
@EnabledIf(value = "isNative", disabledReason = "no native epoll on this machine")
class RestartTest {

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
                GatewayProcess first = GatewayProcess.start(directory, http, configuration(shop, echo))) {
            Visitors byTcp = new Visitors(this::visitByTcp);
            Visitors byHttp = new Visitors(this::visitByHttp);
            Awaiting.until(() -> byTcp.served.get() > 20 && byHttp.served.get() > 20);

            try (GatewayProcess second =
                    GatewayProcess.start(directory, http, configuration(shop, echo), "--mooring.share-ports=true")) {
                first.stop();
                int tcpByThen = byTcp.served.get();
                int httpByThen = byHttp.served.get();
                Awaiting.until(() -> byTcp.served.get() > tcpByThen + 50 && byHttp.served.get() > httpByThen + 50);
                byTcp.stop();
                byHttp.stop();

                assertThat(byTcp.failures).isEmpty();
                assertThat(byHttp.failures).isEmpty();
                assertThat(second.isAlive()).isTrue();
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
        String answer = GatewayProcess.get(http, "/");
        if (!answer.startsWith("HTTP/1.1 200 ") || !answer.endsWith("shop-1")) {
            throw new IOException("heard: " + answer);
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
