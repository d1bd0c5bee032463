package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A gateway whose file changes while it serves. */
@ExtendWith(OutputCaptureExtension.class)
class ReloadTest {

    private static final String COOKIE = "{ type: cookie, idle-timeout: 100s }";

    @TempDir
    Path directory;

    private HttpBackends shop;
    private EchoBackends echo;
    private int first;
    private int second;

    @BeforeEach
    void startBackends() {
        shop = HttpBackends.start("shop", 4);
        echo = EchoBackends.start("echo", Protocol.TCP, 1);
        first = Ports.free(Protocol.TCP);
        second = Ports.free(Protocol.TCP);
    }

    @AfterEach
    void stopBackends() {
        shop.close();
        echo.close();
    }

    @Test
    void aChangedFileTakesEffectAndNobodyMovesButTheClientsOfTheBackendThatIsGone() throws Exception {
        try (Gateway gateway = Gateway.start(directory, shop(COOKIE, 10, 10, 10, -1), "--mooring.reload.interval=1s")) {
            StickyVisitors visitors = StickyVisitors.start(gateway.port(), 9);
            List<List<String>> before = visitors.histories();

            gateway.write(shop(COOKIE, 50, 0, 10, 10));
            Awaiting.until(() -> gateway.configuration().applied() == 1);
            visitors.awaitVisits(20);
            assertThat(visitors.histories()).isEqualTo(before);

            gateway.write(shop(COOKIE, -1, 10, 10, 10));
            Awaiting.until(() -> gateway.configuration().applied() == 2);
            visitors.awaitVisits(20);
            visitors.stop();

            assertThat(visitors.failures()).isEmpty();
            assertThat(before).allSatisfy(history -> assertThat(history).hasSize(1));
            List<List<String>> after = visitors.histories();
            for (int i = 0; i < before.size(); i++) {
                boolean gone = before.get(i).contains("shop-1");
                assertThat(after.get(i)).startsWith(before.get(i).get(0)).hasSize(gone ? 2 : 1);
            }
            long moved = before.stream().filter(List.of("shop-1")::equals).count();
            assertThat(moved).isEqualTo(3);
            assertThat(gateway.fleet().upstreamScope("shop").orElseThrow().outcomes(Outcome.MOVED))
                    .isEqualTo(moved);
        }
    }

    @Test
    void aFileWithErrorsIsRefusedWholeAndSaysThemAll(CapturedOutput output) throws Exception {
        try (Gateway gateway = Gateway.start(directory, shop(COOKIE, 10, 10, 10, -1), "--mooring.reload.interval=0s")) {
            double since = gateway.metric("mooring.config.in.force.since");
            String invalid = shop("{ type: cookie, idle-timeout: 7s }", -1, 101, 10, 10);

            assertThat(gateway.reload(invalid)).isFalse();
            assertThat(gateway.reload("mooring: [ no")).isFalse();
            assertThat(gateway.reload(shop(COOKIE, 10, 10, -1, -1).replace("Path=", "Paths=")))
                    .isFalse();

            assertThat(output)
                    .contains("mooring.upstreams.shop.persistence.idle-timeout: 7s (expected: ")
                    .contains("mooring.upstreams.shop.backends.shop-2.weight: 101 (expected: ")
                    .contains("(expected: YAML)")
                    .contains("spring.cloud.gateway.server.webflux.routes[0]: shop (expected: ")
                    .contains("and refused: 2 to mend; the one before stays in force");
            assertThat(gateway.fleet().upstream("shop").orElseThrow().snapshot().members())
                    .extracting(member -> member.id() + " " + member.backend().weight())
                    .containsExactly("shop-1 10", "shop-2 10", "shop-3 10");
            assertThat(gateway.metric("mooring.config.reloads", "result", "refused"))
                    .isEqualTo(3);
            assertThat(gateway.metric("mooring.config.reloads", "result", "applied"))
                    .isZero();
            assertThat(gateway.metric("mooring.config.in.force.since")).isEqualTo(since);
            try (HttpConnection connection = new HttpConnection(gateway.port())) {
                assertThat(connection.get("/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aFileThatIsGoneLeavesEverythingAsItIs() {
        try (Gateway gateway = Gateway.start(directory, shop(COOKIE, 10, 10, 10, -1), "--mooring.reload.interval=0s")) {
            gateway.delete();

            assertThat(gateway.configuration().reload("a test")).isFalse();
            assertThat(gateway.fleet().upstream("shop")).isPresent();
        }
    }

    @Test
    void anImportThatIsRefusedIsMendedThereAndOneThatIsDroppedMayBeDeleted(CapturedOutput output) throws Exception {
        String shop = shop(COOKIE, 10, 10, 10, -1);
        Path more = Files.writeString(directory.resolve("more.yml"), "mooring: nonsense");
        try (Gateway gateway = Gateway.start(directory, shop, "--mooring.reload.interval=1s")) {
            gateway.write("spring.config.import: " + more.toUri() + "\n---\n" + shop);
            Awaiting.until(() -> gateway.configuration().refused() == 1);
            assertThat(output).contains("mooring: nonsense (expected: a block with ");

            Files.writeString(more, "mooring.upstreams.shop.backends.shop-1.weight: 20");
            Awaiting.until(() -> gateway.configuration().applied() == 1);

            gateway.write(shop);
            Awaiting.until(() -> gateway.configuration().applied() == 2);
            Files.delete(more);
            gateway.write(shop(COOKIE, 10, 10, 10, 10));
            Awaiting.until(() -> gateway.configuration().applied() == 3);
            assertThat(gateway.fleet().upstream("shop").orElseThrow().snapshot().members())
                    .hasSize(4);
            assertThat(gateway.configuration().refused()).isEqualTo(1);
        }
    }

    @Test
    void twentyChangesUnderLoadFailNoRequestAndLeaveNothingBehind() throws Exception {
        try (Gateway gateway = Gateway.start(directory, shop(COOKIE, 10, 10, 10, 10), "--mooring.reload.interval=0s")) {
            Collection<Scope> scopes = gateway.fleet().scopes();
            StickyVisitors visitors = StickyVisitors.start(gateway.port(), 8);
            List<List<String>> before = visitors.histories();

            for (int i = 1; i <= 20; i++) {
                String timeout = "{ type: cookie, idle-timeout: " + (100 + i) + "s, cookie: { name: mooring-shop } }";
                String yaml = shop(timeout, i, 10, 20 - i, 10);
                assertThat(gateway.reload(i % 2 == 0 ? yaml : withOther(yaml))).isTrue();
                visitors.awaitVisits(2);
            }
            visitors.stop();

            assertThat(visitors.failures()).isEmpty();
            assertThat(visitors.histories()).isEqualTo(before);
            assertThat(gateway.fleet().scopes()).containsExactlyElementsOf(scopes);
            assertThat(gateway.fleet().upstreamScope("other")).isEmpty();
            assertThat(gateway.fleet().upstreamScope("shop").orElseThrow().outcomes(Outcome.MOVED))
                    .isZero();
            assertThat(gateway.metric("mooring.config.reloads", "result", "applied"))
                    .isEqualTo(20);
        }
    }

    @Test
    void aRouteToANewUpstreamComesAndGoes() throws Exception {
        String plain = shop(COOKIE, 10, 10, -1, -1);
        try (Gateway gateway = Gateway.start(directory, plain, "--mooring.reload.interval=0s");
                HttpConnection connection = new HttpConnection(gateway.port())) {
            assertThat(connection.get("/other").body()).startsWith("shop-");

            assertThat(gateway.reload(withOther(plain))).isTrue();
            assertThat(connection.get("/other").body()).isEqualTo("shop-4");
            assertThat(connection.get("/").body()).isNotEqualTo("shop-4");

            assertThat(gateway.reload(plain)).isTrue();
            assertThat(connection.get("/other").body()).isNotEqualTo("shop-4");
            assertThat(gateway.fleet().upstream("other")).isEmpty();
        }
    }

    @Test
    void listenersComeAndGoAndThoseThatStayKeepTheirConnectionsAndSessions() throws Exception {
        try (Gateway gateway = Gateway.start(
                        directory, listeners(listener("kept", first, 40)), "--mooring.reload.interval=0s");
                Socket kept = new Socket(InetAddress.getLoopbackAddress(), first)) {
            assertThat(talk(kept)).isEqualTo("echo-1: hello");
            Scope scope = gateway.fleet().listenerScope("kept").orElseThrow();

            assertThat(gateway.reload(listeners(listener("kept", first, 50) + listener("added", second, 40))))
                    .isTrue();
            assertThat(gateway.fleet().listenerScope("kept")).contains(scope);
            assertThat(scope.liveSessions()).hasValue(1);
            try (Socket added = new Socket(InetAddress.getLoopbackAddress(), second)) {
                assertThat(talk(added)).isEqualTo("echo-1: hello");

                assertThat(gateway.reload(listeners(listener("kept", first, 50))))
                        .isTrue();
                Awaiting.until(() -> Ports.isRefused(second));
                assertThat(talk(added)).isEqualTo("echo-1: hello");
            }
            assertThat(talk(kept)).isEqualTo("echo-1: hello");
            assertThatThrownBy(() -> gateway.metric("mooring.listener.active", "listener", "added"))
                    .hasMessageContaining("mooring.listener.active");
        }
    }

    @Test
    void aListenerThatHasNoPolicyAnyMoreGoesByItsUpstreams() throws Exception {
        String own = listener("kept", first, 40);
        try (Gateway gateway = Gateway.start(directory, listeners(own), "--mooring.reload.interval=0s")) {
            Scope upstream = gateway.fleet().upstreamScope("echo").orElseThrow();

            assertThat(gateway.reload(listeners(own.replaceAll(", persistence: \\{[^}]*\\}", ""))))
                    .isTrue();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), first)) {
                assertThat(talk(socket)).isEqualTo("echo-1: hello");
            }
            assertThat(upstream.outcomes(Outcome.OFF)).isEqualTo(1);

            assertThat(gateway.reload(listeners(own))).isTrue();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), first)) {
                assertThat(talk(socket)).isEqualTo("echo-1: hello");
            }
            assertThat(upstream.outcomes(Outcome.OFF)).isEqualTo(1);
            assertThat(gateway.fleet().listenerScope("kept").orElseThrow().liveSessions())
                    .hasValue(1);
        }
    }

    @Test
    void aConnectionStaysWithABackendThatIsGoneAndTheClientsNextOneMoves() throws Exception {
        try (EchoBackends pair = EchoBackends.start("pair", Protocol.TCP, 2)) {
            String both = listeners(listener("kept", first, 40)).replace(echo.yaml(), pair.yaml());
            try (Gateway gateway = Gateway.start(directory, both, "--mooring.reload.interval=0s");
                    Socket open = new Socket(InetAddress.getLoopbackAddress(), first)) {
                String answer = talk(open);
                String bound = answer.substring(0, answer.indexOf(':'));
                String only = Stream.of(pair.entries().split("(?<=}), ", -1))
                        .filter(entry -> !entry.startsWith(bound))
                        .collect(Collectors.joining());

                assertThat(gateway.reload(both.replace(pair.entries(), only))).isTrue();

                assertThat(talk(open)).isEqualTo(answer);
                try (Socket next = new Socket(InetAddress.getLoopbackAddress(), first)) {
                    assertThat(talk(next)).isNotEqualTo(answer);
                }
                assertThat(gateway.fleet().listenerScope("kept").orElseThrow().outcomes(Outcome.MOVED))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void aHealthCheckThatIsAddedProbesAndItsMetricsGoWithIt() {
        String before = shop(COOKIE, 10, 10, 10, 10);
        String checked = before.replace("{ persistence", "{ health-check: { type: tcp }, persistence");
        String[] tags = {"upstream", "shop", "backend", "shop-1", "result", "success"};
        try (Gateway gateway = Gateway.start(directory, before, "--mooring.reload.interval=0s")) {
            assertThat(gateway.reload(checked)).isTrue();
            assertThat(gateway.fleet().upstream("shop").orElseThrow().snapshot().members())
                    .allSatisfy(member -> assertThat(member.takesNew()).isTrue());
            Awaiting.until(() -> gateway.metric("mooring.backend.probes", tags) > 0);

            assertThat(gateway.reload(before)).isTrue();
            assertThatThrownBy(() -> gateway.metric("mooring.backend.probes", tags))
                    .hasMessageContaining("mooring.backend.probes");
        }
    }

    @Test
    void aPortThatIsTakenHasTheWholeChangeRefused(CapturedOutput output) throws Exception {
        String before = listeners(listener("kept", first, 40));
        try (Gateway gateway = Gateway.start(directory, before, "--mooring.reload.interval=0s");
                Socket unused = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            String more = listeners(listener("kept", first, 50) + listener("added", gateway.port(), 40));

            assertThat(gateway.reload(more)).isFalse();

            assertThat(unused.isConnected()).isTrue();
            assertThat(output)
                    .contains("mooring.listeners.added.port: " + gateway.port() + " (expected: a port that is free)");
            assertThat(gateway.fleet().listenerScope("added")).isEmpty();
            assertThat(gateway.reload(before)).isTrue();
        }
    }

    @Test
    void whatNeedsARestartIsNamedAndTheRestIsInForce(CapturedOutput output) {
        String before = shop(COOKIE, 10, 10, 10, -1);
        try (Gateway gateway = Gateway.start(directory, before, "--mooring.reload.interval=0s")) {
            String after =
                    shop(COOKIE, 10, 10, 10, 10) + "mooring.http.keepalive-timeout: 10s\nmooring.share-ports: false\n";

            assertThat(gateway.reload(after)).isTrue();

            assertThat(output)
                    .contains(
                            "these take effect only after a restart: mooring.http.keepalive-timeout, mooring.share-ports\n");
            assertThat(gateway.fleet().upstream("shop").orElseThrow().snapshot().members())
                    .hasSize(4);
        }
    }

    @Test
    void aProcessReadsItsFileAgainOnHangUp() throws Exception {
        int http = Ports.free(Protocol.TCP);
        try (GatewayProcess gateway = startUnder("--default-signal=HUP", http)) {
            assertThat(GatewayProcess.get(http, "/")).endsWith("shop-1");

            Files.writeString(gateway.file(), shop(COOKIE, -1, 10, -1, -1));
            gateway.signal("HUP");

            Awaiting.until(() -> answers(http).endsWith("shop-2"));
            assertThat(gateway.isAlive()).isTrue();
            Awaiting.until(() -> said(gateway).contains("the configuration was read again (SIGHUP), and is in force"));
        }
    }

    @Test
    void aProcessThatWasStartedToIgnoreHangUpSaysSo() throws Exception {
        int http = Ports.free(Protocol.TCP);
        try (GatewayProcess gateway = startUnder("--ignore-signal=HUP", http)) {
            gateway.signal("HUP");

            assertThat(GatewayProcess.get(http, "/")).endsWith("shop-1");
            assertThat(said(gateway)).contains("SIGHUP is not listened to").doesNotContain("(SIGHUP)");
        }
    }

    /** A process that looks at its file at a signal only. */
    private GatewayProcess startUnder(String signals, int http) throws IOException {
        return GatewayProcess.startUnder(
                signals, directory, http, shop(COOKIE, 10, -1, -1, -1), "--mooring.reload.interval=0s");
    }

    private static String said(GatewayProcess gateway) {
        try {
            return gateway.output();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String answers(int port) {
        try {
            return GatewayProcess.get(port, "/");
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String talk(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        byte[] answer = new byte[64];
        StringBuilder heard = new StringBuilder();
        while (!heard.toString().endsWith("hello")) {
            int read = socket.getInputStream().read(answer);
            if (read < 0) {
                throw new IOException("closed after: " + heard);
            }
            heard.append(new String(answer, 0, read, StandardCharsets.UTF_8));
        }
        return heard.toString();
    }

    /** The shop with these weights; a backend of a negative one is not there. */
    private String shop(String persistence, int... weights) {
        String backends = IntStream.range(0, weights.length)
                .filter(i -> weights[i] >= 0)
                .mapToObj(i -> "%s: { address: \"127.0.0.1:%d\", weight: %d }"
                        .formatted(shop.ids().get(i), shop.ports().get(i), weights[i]))
                .collect(Collectors.joining(", "));
        return """
                mooring.upstreams.shop: { persistence: %s, backends: { %s } }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(persistence, backends);
    }

    /** With a route to an upstream that has the shop's last backend. */
    private String withOther(String yaml) {
        return yaml.replace("webflux.routes:", """
                webflux.routes:
                  - { id: other, uri: "lb://other", predicates: [ "Path=/other" ], metadata: { balancing: ip-hash } }""")
                + "mooring.upstreams.other.backends.four.address: \"127.0.0.1:%d\"\n"
                        .formatted(shop.ports().get(3));
    }

    private String listeners(String all) {
        return """
                mooring:
                  upstreams:
                    echo: { backends: %s }
                  listeners:
                %s""".formatted(echo.yaml(), all);
    }

    private static String listener(String name, int port, int idle) {
        return "    %s: { protocol: tcp, address: 127.0.0.1, port: %d, upstream: echo, persistence: { type: source-ip, idle-timeout: %ds } }\n"
                .formatted(name, port, idle);
    }
}
