package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;

/** A gateway whose members are the instances of a service in a registry. */
@ExtendWith(OutputCaptureExtension.class)
class RegistryDiscoveryTest {

    private static final String SLOWLY = "discovery: { service-id: shop, interval: 3600s }";
    private static final String ONE = "/upstreams/shop/backends/shop-1";
    private static final String EACH_SECOND = "discovery: { service-id: shop, interval: 1s, timeout: 1s }";

    @TempDir
    Path directory;

    private final Registry registry = new Registry();
    private HttpBackends shop;

    @BeforeEach
    void startBackends() {
        shop = HttpBackends.start("shop", 4);
    }

    @AfterEach
    void stopBackends() {
        shop.close();
    }

    @Test
    void membersComeAndGoAndNobodyMovesButTheClientsOfThoseWhoLeft() throws Exception {
        register(1, 2, 3);
        try (Gateway gateway = start(SLOWLY)) {
            Scope scope = scope(gateway);
            StickyVisitors visitors = StickyVisitors.start(gateway.port(), 9);
            List<List<String>> before = visitors.histories();

            register(4);
            change(gateway, 4);
            visitors.awaitVisits(20);
            assertThat(visitors.histories()).isEqualTo(before);

            registry.remove("shop-1");
            change(gateway, 3);
            visitors.awaitVisits(20);
            visitors.stop();

            assertThat(visitors.failures()).isEmpty();
            assertThat(before).allSatisfy(history -> assertThat(history).hasSize(1));
            assertThat(before).filteredOn(List.of("shop-1")::equals).hasSize(3);
            List<List<String>> after = visitors.histories();
            for (int i = 0; i < before.size(); i++) {
                boolean gone = before.get(i).contains("shop-1");
                assertThat(after.get(i)).startsWith(before.get(i).get(0)).hasSize(gone ? 2 : 1);
            }
            assertThat(scope(gateway)).isSameAs(scope);
            assertThat(scope.outcomes(Outcome.MOVED)).isEqualTo(3);
        }
    }

    @Test
    void aSessionFollowsAnInstanceToItsNewAddressAndNotAStrangerToItsOldOne() throws Exception {
        registry.add("one", port(1));
        try (Gateway gateway = start(SLOWLY);
                HttpConnection connection = new HttpConnection(gateway.port())) {
            HttpConnection.Response first = connection.get("/");
            assertThat(first.body()).isEqualTo("shop-1");

            registry.add("one", port(2)).add("stranger", port(1));
            change(gateway, 2);
            for (int i = 0; i < 10; i++) {
                assertThat(connection.get("/", "Cookie: " + first.cookie()).body())
                        .isEqualTo("shop-2");
            }
            assertThat(scope(gateway).outcomes(Outcome.KEPT)).isEqualTo(10);

            registry.remove("one");
            change(gateway, 1);
            assertThat(connection.get("/", "Cookie: " + first.cookie()).body()).isEqualTo("shop-1");
            assertThat(scope(gateway).outcomes(Outcome.MOVED)).isEqualTo(1);
            assertThat(scope(gateway).outcomes(Outcome.KEPT)).isEqualTo(10);
        }
    }

    @Test
    void aClientThatIsKnownByItsAddressFollowsAnInstanceToo() throws Exception {
        try (EchoBackends first = EchoBackends.start("first", Protocol.TCP, 1);
                EchoBackends second = EchoBackends.start("second", Protocol.TCP, 1)) {
            registry.add("one", first.port());
            try (Gateway gateway = Gateway.start(registry::bean, directory, """
                    mooring:
                      upstreams:
                        shop: { persistence: { type: source-ip }, %s }
                      listeners:
                        echo: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: shop }
                    """.formatted(SLOWLY))) {
                assertThat(talk(gateway)).isEqualTo("first-1: hello");

                registry.add("one", second.port()).add("stranger", first.port());
                change(gateway, 2);
                assertThat(talk(gateway)).isEqualTo("second-1: hello");
                assertThat(talk(gateway)).isEqualTo("second-1: hello");
                assertThat(scope(gateway).outcomes(Outcome.KEPT)).isEqualTo(2);

                registry.remove("one");
                change(gateway, 1);
                assertThat(talk(gateway)).isEqualTo("first-1: hello");
                assertThat(scope(gateway).outcomes(Outcome.MOVED)).isEqualTo(1);
            }
        }
    }

    @Test
    void anOutageKeepsTheLastMembersAndItsAgeIsShown(CapturedOutput output) throws Exception {
        register(1, 2);
        try (Gateway gateway = start(EACH_SECOND)) {
            StickyVisitors visitors = StickyVisitors.start(gateway.port(), 6);
            List<List<String>> before = visitors.histories();
            registry.fail();
            Awaiting.until(() -> answers(gateway, "failed") >= 1);
            registry.hang();
            Awaiting.until(() -> answers(gateway, "failed") >= 3);
            visitors.awaitVisits(10);

            assertThat(gateway.metric("mooring.discovery.age", "upstream", "shop"))
                    .isGreaterThan(2);
            registry.recover();
            registry.remove("shop-1").remove("shop-2");
            Awaiting.until(() -> answers(gateway, "empty") >= 1);
            visitors.awaitVisits(10);
            register(1, 2, 3);
            change(gateway, 3);
            visitors.awaitVisits(10);
            visitors.stop();

            assertThat(gateway.metric("mooring.discovery.age", "upstream", "shop"))
                    .isLessThan(10);
            assertThat(visitors.failures()).isEmpty();
            assertThat(visitors.histories()).isEqualTo(before);
            assertThat(output.toString().lines().filter(line -> line.contains("the members known stay, 2")))
                    .hasSize(1)
                    .allSatisfy(line -> assertThat(line).contains("the registry is down"));
            assertThat(output).containsOnlyOnce("upstream shop: service shop answers again, after");
        }
    }

    @Test
    void aGatewayStartsWithoutAnAnswerAndServesWhenThereIsOne() throws Exception {
        String listener = "mooring.listeners.echo: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: shop, "
                + "persistence: { type: none } }\n";
        register(1);
        registry.hang();
        try (Gateway gateway = Gateway.start(registry::bean, directory, listener + yaml(EACH_SECOND));
                HttpConnection connection = new HttpConnection(gateway.port())) {
            assertThat(connection.get("/").status()).isEqualTo(503);
            assertThatThrownBy(() -> talk(gateway)).isInstanceOf(SocketException.class);
            registry.recover();
            change(gateway, 1);

            assertThat(connection.get("/").body()).isEqualTo("shop-1");
            assertThat(talk(gateway)).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void aReloadKeepsWhatWasFoundAndWhatIsFoundKeepsTheFile() throws Exception {
        register(1, 2);
        try (Gateway gateway = start(SLOWLY);
                HttpConnection connection = new HttpConnection(gateway.port())) {
            Scope scope = scope(gateway);
            HttpConnection.Response begun = connection.get("/");
            registry.fail();

            String beside = SLOWLY
                    + ", drain-timeout: 600s, backends: { shop-4: { address: \"127.0.0.1:%d\" }, ".formatted(port(4))
                    + "shop-2: { weight: 0 } }";
            assertThat(gateway.reload(yaml(beside))).isTrue();
            assertThat(members(gateway)).containsExactly("shop-4 10", "shop-1 10", "shop-2 0");
            assertThat(scope(gateway)).isSameAs(scope);
            assertThat(connection.get("/", "Cookie: " + begun.cookie()).body()).isEqualTo(begun.body());
            assertThat(scope.outcomes(Outcome.KEPT)).isEqualTo(1);

            registry.recover();
            register(3, 4);
            change(gateway, 4);
            assertThat(members(gateway)).containsExactly("shop-4 10", "shop-1 10", "shop-2 0", "shop-3 10");
            assertThat(gateway.fleet().upstream("shop").orElseThrow().policy().drainTimeout())
                    .hasSeconds(600);

            assertThat(gateway.reload(yaml("backends: { shop-4: { address: \"127.0.0.1:%d\" } }".formatted(port(4)))))
                    .isTrue();
            assertThat(members(gateway)).containsExactly("shop-4 10");
            int asked = registry.questions();
            gateway.publish(new HeartbeatEvent(this, 1));
            assertThat(gateway.reload(yaml(SLOWLY))).isTrue();
            Awaiting.until(() -> registry.questions() > asked);
        }
    }

    @Test
    void whatAnOperatorChangesOfAMemberHoldsForAsLongAsItIsFound() throws Exception {
        register(1, 2);
        try (Gateway gateway = start(SLOWLY)) {
            AdminClient admin = new AdminClient(gateway.managementPort());
            assertThat(admin.patch(ONE, "{\"weight\": 3, \"state\": \"draining\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(members(gateway)).containsExactly("shop-1 3", "shop-2 10");

            register(3);
            change(gateway, 3);
            assertThat(gateway.reload(yaml(SLOWLY))).isTrue();
            assertThat(members(gateway)).containsExactly("shop-1 3", "shop-2 10", "shop-3 10");
            assertThat(state(gateway, "shop-1")).isEqualTo(BackendState.DRAINING);

            assertThat(admin.delete(ONE).statusCode())
                    .as("only the registry can")
                    .isEqualTo(422);
            assertThat(admin.patch(ONE, "{\"weight\": null, \"state\": null}").statusCode())
                    .isEqualTo(200);
            assertThat(members(gateway)).containsExactly("shop-1 10", "shop-2 10", "shop-3 10");
            assertThat(state(gateway, "shop-1")).isEqualTo(BackendState.READY);
        }
    }

    @Test
    void aNewMemberIsServedAfterItsFirstCheck() throws Exception {
        try (KillableBackends servers = new KillableBackends("one", "two").sick("two")) {
            registry.add("one", servers.port("one"));
            try (Gateway gateway = start(SLOWLY + ", health-check: { type: http, path: /healthz, interval: 3s }")) {
                Awaiting.until(() -> state(gateway, "one") == BackendState.READY);
                registry.add("two", servers.port("two"));
                change(gateway, 2);
                Awaiting.until(() -> state(gateway, "two") == BackendState.DOWN);
                assertThat(picks(gateway, "two")).isZero();

                servers.cure();
                Awaiting.until(() -> state(gateway, "two") == BackendState.READY);
            }
        }
    }

    @Test
    void theWeightIsTheOneOfTheMetadata(CapturedOutput output) throws Exception {
        registry.add("one", port(1), Map.of("weight", "70"))
                .add("two", port(2), Map.of("weight", "7\nFORGED"))
                .add("thr ee", port(3), Map.of("weight", "0"));
        try (Gateway gateway = start("discovery: { service-id: shop, weight-metadata: weight, interval: 1s }")) {
            Awaiting.until(() -> answers(gateway, "good") >= 3);

            assertThat(members(gateway))
                    .hasSize(3)
                    .contains("one 70", "two 10")
                    .anyMatch(m -> m.matches("thr_ee\\.[0-9a-f]{16} 0"));
            assertThat(output)
                    .containsOnlyOnce("member two: metadata weight: 7\\u000aFORGED (expected: a weight of 0-100)");
        }
    }

    @Test
    void theSameAnswerChangesNothing(CapturedOutput output) {
        register(1, 2);
        try (Gateway gateway = start(EACH_SECOND)) {
            AtomicInteger changes = new AtomicInteger();
            gateway.fleet().follow(changes::incrementAndGet);
            Awaiting.until(() -> answers(gateway, "good") >= 4);

            assertThat(changes).hasValue(0);
        }
        assertThat(output).as("it ends in order").doesNotContain("RejectedExecutionException", "DisposableBeanAdapter");
    }

    @Test
    void theSimpleClientIsThereWithoutMoreAdo() throws Exception {
        String instance = "--spring.cloud.discovery.client.simple.instances.shop[0].";
        try (Gateway gateway = Gateway.start(
                        directory,
                        yaml(SLOWLY),
                        instance + "instance-id=here",
                        instance + "host=127.0.0.1",
                        instance + "port=" + port(1));
                HttpConnection connection = new HttpConnection(gateway.port())) {
            assertThat(members(gateway)).containsExactly("here 10");
            assertThat(connection.get("/").body()).isEqualTo("shop-1");
        }
    }

    @Test
    void withoutMembersToFindNobodyIsAskedAndThereIsNoThread() {
        try (Gateway gateway = Gateway.start(registry::bean, directory, yaml("backends: " + shop.yaml()))) {
            gateway.publish(new HeartbeatEvent(this, 1));

            assertThat(registry.questions()).isZero();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .isNotEmpty()
                    .noneMatch(name -> name.startsWith("mooring-discovery") || name.startsWith("mooring-registry"));
            assertThat(gateway.fleet().upstream("shop").orElseThrow().snapshot().members())
                    .hasSize(4);
        }
    }

    private Gateway start(String keys) {
        return Gateway.start(registry::bean, directory, yaml(keys), "--mooring.reload.interval=0s");
    }

    private static String yaml(String keys) {
        return """
                mooring.upstreams.shop: { persistence: { type: cookie }, %s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(keys);
    }

    private void register(int... numbers) {
        for (int number : numbers) {
            registry.add("shop-" + number, port(number));
        }
    }

    private int port(int number) {
        return shop.ports().get(number - 1);
    }

    /**
     * Has the registry say that something has changed, and waits until there are so many members, for each decision: an
     * answer is counted when the change that it makes is complete.
     */
    private static void change(Gateway gateway, int members) {
        double before = answers(gateway, "good");
        gateway.publish(new HeartbeatEvent(gateway, members));
        Awaiting.until(
                () -> answers(gateway, "good") > before && members(gateway).size() == members);
    }

    private static Collection<String> members(Gateway gateway) {
        return gateway.fleet().upstream("shop").orElseThrow().snapshot().members().stream()
                .map(member -> member.id() + " " + member.backend().weight())
                .toList();
    }

    private static Scope scope(Gateway gateway) {
        return gateway.fleet().upstreamScope("shop").orElseThrow();
    }

    private static double answers(Gateway gateway, String result) {
        return gateway.metric("mooring.discovery.answers", "upstream", "shop", "result", result);
    }

    private static BackendState state(Gateway gateway, String id) {
        return member(gateway, id).state();
    }

    private static long picks(Gateway gateway, String id) {
        return member(gateway, id).activity().picks();
    }

    private static Member member(Gateway gateway, String id) {
        Upstream upstream = gateway.fleet().upstream("shop").orElseThrow();
        return upstream.snapshot().member(id).orElseThrow();
    }

    private static String talk(Gateway gateway) throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), gateway.listener("echo").getPort())) {
            socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
