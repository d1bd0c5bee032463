package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that is killed, at some moment between two savings or within one, and started again. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "clients come from many loopback addresses")
class KilledGatewayTest {

    private static final int CLIENTS = 12;
    private static final int KILLS = 2;
    private static final Duration SERVING_AGAIN = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private final int http = Ports.free(Protocol.TCP);
    private final int tcp = Ports.free(Protocol.TCP);

    @Test
    void everyClientComesBackToItsBackend() throws Exception {
        Random random = new Random(12);
        Map<String, String> homesByCookie = new LinkedHashMap<>();
        Map<String, String> homesByAddress = new LinkedHashMap<>();
        try (HttpBackends shop = HttpBackends.start("shop", 3);
                EchoBackends echo = EchoBackends.start("echo", Protocol.TCP, 3)) {
            String configuration = ShopAndEcho.kept(shop, echo, tcp);
            try (GatewayProcess gateway = start(configuration)) {
                for (int i = 0; i < CLIENTS; i++) {
                    try (HttpConnection connection = new HttpConnection(http)) {
                        HttpConnection.Response response = connection.get("/");
                        homesByCookie.put(response.cookie(), response.body());
                    }
                    homesByAddress.put("127.0.3." + (i + 1), visitByTcp("127.0.3." + (i + 1)));
                }
                awaitSaves(gateway, 2);
                Awaiting.pause(Duration.ofMillis(random.nextInt(1_000)));
            }
            assertThat(homesByAddress.values()).contains("echo-1", "echo-2", "echo-3");

            for (int kill = 0; kill < KILLS; kill++) {
                long killed = System.nanoTime();
                try (GatewayProcess gateway = start(configuration)) {
                    assertThat(GatewayProcess.get(http, "/")).startsWith("HTTP/1.1 200 ");
                    assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(SERVING_AGAIN);
                    for (Map.Entry<String, String> client : homesByCookie.entrySet()) {
                        try (HttpConnection connection = new HttpConnection(http)) {
                            assertThat(connection
                                            .get("/", "Cookie: " + client.getKey())
                                            .body())
                                    .isEqualTo(client.getValue());
                        }
                    }
                    for (Map.Entry<String, String> client : homesByAddress.entrySet()) {
                        assertThat(visitByTcp(client.getKey())).isEqualTo(client.getValue());
                    }
                    assertThat(kept(gateway, "upstream", "shop")).isEqualTo(CLIENTS);
                    assertThat(kept(gateway, "listener", "kept")).isEqualTo(CLIENTS);
                    Awaiting.pause(Duration.ofMillis(random.nextInt(1_000)));
                }
            }
        }
    }

    /** Whoever closes it kills it. */
    private GatewayProcess start(String configuration) throws IOException {
        return GatewayProcess.start(directory, http, configuration, "--mooring.persistence.save-interval=1s");
    }

    private static void awaitSaves(GatewayProcess gateway, int more) throws IOException {
        String series = "mooring_sessions_saves_total{kind=\"listener\",result=\"saved\",scope=\"kept\"}";
        double enough = gateway.metric(series) + more;
        Awaiting.until(() -> {
            try {
                return gateway.metric(series) >= enough;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static double kept(GatewayProcess gateway, String kind, String scope) throws IOException {
        return gateway.metric(
                "mooring_persistence_outcomes_total{kind=\"" + kind + "\",outcome=\"kept\",scope=\"" + scope + "\"}");
    }

    private String visitByTcp(String from) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(20_000);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp));
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(6), StandardCharsets.US_ASCII);
        }
    }
}
