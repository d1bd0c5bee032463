package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that may open too few files for the clients that come. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the limit is set by a shell")
class DescriptorsRunOutTest {

    private static final int DESCRIPTORS = 500;
    private static final Duration WATCH = Duration.ofSeconds(3);
    /** Accepting is tried again after a second. */
    private static final Duration RECOVERY = Duration.ofSeconds(2);

    private static final int HTTP_CLIENTS = 50;

    @TempDir
    Path directory;

    private final int http = Ports.free(Protocol.TCP);
    private final int tcp = Ports.free(Protocol.TCP);

    @Test
    void nothingSpinsWhoIsConnectedIsServedAndAllAreOnceSomeAreFree() throws Exception {
        try (HttpBackends shop = HttpBackends.start("shop", 1);
                EchoBackends echo = EchoBackends.start("echo", Protocol.TCP, 1);
                GatewayProcess gateway = GatewayProcess.startWithin(
                        DESCRIPTORS, directory, http, probed(ShopAndEcho.balanced(shop, echo, tcp)));
                HttpConnection management = new HttpConnection(gateway.management());
                HttpConnection client = new HttpConnection(http)) {
            assertThat(management.get("/actuator/health").status()).isEqualTo(200);
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(isServedByTcp()).isTrue();
            // There must be no class of the gateway's left to load, which takes a descriptor where it is no jar.
            Awaiting.until(() -> !probes(management, "success").equals("0.0"));

            List<Socket> crowd = new ArrayList<>();
            for (int i = 0; i < DESCRIPTORS; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), tcp));
            }
            Awaiting.until(() -> hasSaid(gateway, "Too many open files"));
            for (int i = 0; i < HTTP_CLIENTS; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), http));
            }
            crowd.add(new Socket(InetAddress.getLoopbackAddress(), gateway.management()));
            Duration before = gateway.cpu();
            long end = System.nanoTime() + WATCH.toNanos();
            while (System.nanoTime() - end < 0) {
                assertThat(management.get("/actuator/health/readiness").status())
                        .isEqualTo(200);
                assertThat(client.get("/").body()).isEqualTo("shop-1");
                Awaiting.pause(Duration.ofMillis(100));
            }
            assertThat(gateway.cpu().minus(before)).isLessThan(WATCH.dividedBy(2));
            Awaiting.until(() -> !probes(management, "unknown").equals("0.0"));
            assertThat(probes(management, "failure")).as("failed probes").isEqualTo("0.0");
            assertThat(gateway.output()).contains("echo/echo-1 could not be probed, and what is known of it holds: ");

            for (Socket socket : crowd) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            Awaiting.until(RECOVERY, () -> isServedByTcp() && isServed(http) && isServed(gateway.management()));
            assertThat(gateway.output()).doesNotContain("\tat ");
        }
    }

    /** Has the backends of the listener probed: two that fail take one out. */
    private static String probed(String yaml) {
        String check = "{ type: tcp, interval: 3s, timeout: 2s, fall: 2 }";
        return yaml.replace("echo: { backends", "echo: { health-check: " + check + ", backends");
    }

    private static String probes(HttpConnection management, String result) {
        try {
            return management
                    .get("/actuator/prometheus")
                    .body()
                    .lines()
                    .filter(line ->
                            line.startsWith("mooring_backend_probes_total{backend=\"echo-1\",result=\"" + result))
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .collect(Collectors.joining());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean hasSaid(GatewayProcess gateway, String text) {
        try {
            return gateway.output().contains(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isServed(int port) {
        try {
            return !GatewayProcess.get(port, "/").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isServedByTcp() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcp)) {
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(6), StandardCharsets.US_ASCII).equals("echo-1");
        } catch (IOException e) {
            return false;
        }
    }
}
