package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Upstream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.ProxyProtocolSupportType;

/** Backends that fail, come back and are drained under a running gateway. */
class BackendHealthTest {

    @TempDir
    Path directory;

    @Test
    void theClientsOfABackendThatIsKilledMoveOnceAndStayWhenItReturns() throws Exception {
        try (KillableBackends servers = new KillableBackends("one", "two", "three");
                Gateway gateway = Gateway.start(directory, servers.yaml(""))) {
            Scope scope = gateway.fleet().upstreamScope("shop").orElseThrow();
            List<Client> clients = newClients(gateway, 30);
            List<String> homes = visit(gateway, clients);
            servers.kill("one");

            List<String> moved = visit(gateway, clients);
            assertThat(homes).filteredOn("one"::equals).hasSize(10);
            assertThat(moved).doesNotContain("one");
            assertThat(scope.outcomes(Outcome.MOVED)).isEqualTo(10);
            Awaiting.until(() -> state(gateway, "one") == BackendState.DOWN);
            assertThat(visit(gateway, clients)).isEqualTo(moved);

            servers.start("one");
            assertThat(visit(gateway, clients)).isEqualTo(moved);
            assertThat(scope.outcomes(Outcome.MOVED)).isEqualTo(10);
        }
    }

    @Test
    void theClientsOfABackendThatBlinksReturnToIt() throws Exception {
        try (KillableBackends servers = new KillableBackends("one", "two", "three");
                Gateway gateway = Gateway.start(
                        directory,
                        servers.yaml("flap-grace: 60s, ejection: { failures: 3, time: 1s, max-time: 1s },"))) {
            Scope scope = gateway.fleet().upstreamScope("shop").orElseThrow();
            List<Client> clients = newClients(gateway, 30);
            List<String> homes = visit(gateway, clients);
            servers.kill("one");
            assertThat(visit(gateway, clients)).doesNotContain("one");
            servers.start("one");
            Awaiting.until(() -> state(gateway, "one") == BackendState.READY);

            assertThat(visit(gateway, clients)).isEqualTo(homes);
            assertThat(scope.outcomes(Outcome.DIVERTED)).isEqualTo(10);
            assertThat(scope.outcomes(Outcome.MOVED)).isZero();
        }
    }

    @Test
    void aDrainedBackendKeepsItsClientsAndGetsNoNewOne() throws Exception {
        try (KillableBackends servers = new KillableBackends("one", "two");
                Gateway gateway = Gateway.start(directory, servers.yaml(""))) {
            List<Client> clients = newClients(gateway, 20);
            List<String> homes = visit(gateway, clients);
            gateway.fleet().upstream("shop").orElseThrow().administer("one", AdminState.DRAINING);

            assertThat(visit(gateway, clients)).isEqualTo(homes).contains("one");
            assertThat(visit(gateway, newClients(gateway, 200))).containsOnly("two");
        }
    }

    @Test
    void aBackendThatHangsIsFoundByItsCheckAndGetsNoRequestAfterwards() throws Exception {
        try (KillableBackends servers = new KillableBackends("one", "two");
                Gateway gateway = Gateway.start(
                        directory,
                        servers.yaml("health-check: { type: http, path: /healthz, interval: 3s, fall: 2 },"))) {
            Awaiting.until(
                    () -> state(gateway, "one") == BackendState.READY && state(gateway, "two") == BackendState.READY);
            List<Client> clients = newClients(gateway, 20);
            assertThat(visit(gateway, clients)).contains("one", "two");

            servers.hang("one");
            Awaiting.until(() -> state(gateway, "one") == BackendState.DOWN);
            assertThat(visit(gateway, clients)).containsOnly("two");
            assertThat(visit(gateway, newClients(gateway, 20))).containsOnly("two");
        }
    }

    @Test
    void aBackendIsProbedOffTheRecordAndServesWhenItIsWell() throws Exception {
        try (KillableBackends servers = new KillableBackends("one", "two").sick("one");
                Gateway gateway = Gateway.start(
                        directory, servers.yaml("health-check: { type: http, path: /healthz, interval: 3s },"))) {
            Upstream shop = gateway.fleet().upstream("shop").orElseThrow();
            Awaiting.until(
                    () -> state(gateway, "one") == BackendState.DOWN && state(gateway, "two") == BackendState.READY);

            assertThat(visit(gateway, newClients(gateway, 20))).containsOnly("two");
            assertThat(shop.snapshot().member("one").orElseThrow().activity().picks())
                    .as("probes are no picks")
                    .isZero();
            assertThat(metrics(gateway))
                    .contains("mooring_backend_state{backend=\"one\",state=\"down\",upstream=\"shop\"} 1.0")
                    .contains("mooring_backend_state{backend=\"one\",state=\"ready\",upstream=\"shop\"} 0.0")
                    .contains("mooring_backend_state{backend=\"two\",state=\"ready\",upstream=\"shop\"} 1.0")
                    .containsPattern(
                            "mooring_backend_probes_total\\{backend=\"one\",result=\"failure\",upstream=\"shop\"\\} [1-9]")
                    .contains("mooring_backend_faults_total{backend=\"one\",fault=\"connect\",upstream=\"shop\"} 0.0");

            servers.cure();
            Awaiting.until(() -> state(gateway, "one") == BackendState.READY);
            assertThat(visit(gateway, newClients(gateway, 20))).contains("one", "two");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void aBackendThatExpectsTheProxyProtocolIsProbedAccordingly(String version) {
        int tcp = Ports.free(Protocol.TCP);
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .proxyProtocol(ProxyProtocolSupportType.ON)
                .handle((request, response) -> response.status(request.uri().equals("/healthz") ? 200 : 500)
                        .send())
                .bindNow();
        String yaml = """
                mooring:
                  upstreams:
                    shop:
                      proxy-protocol: %s
                      health-check: { type: http, path: /healthz, expect: 200, interval: 3s }
                      backends: { one: { address: "127.0.0.1:%d" } }
                  listeners:
                    shop: { protocol: tcp, port: %d, upstream: shop }
                """.formatted(version, server.port(), tcp);
        try (Gateway gateway = Gateway.start(directory, yaml)) {
            Awaiting.until(() -> state(gateway, "one") == BackendState.READY);
        } finally {
            server.disposeNow();
        }
    }

    private static BackendState state(Gateway gateway, String backend) {
        return gateway.fleet()
                .upstream("shop")
                .orElseThrow()
                .snapshot()
                .member(backend)
                .orElseThrow()
                .state();
    }

    private static List<Client> newClients(Gateway gateway, int count) throws IOException {
        List<Client> clients = new ArrayList<>();
        try (HttpConnection connection = new HttpConnection(gateway.port())) {
            for (int i = 0; i < count; i++) {
                clients.add(new Client(connection.get("/").cookie()));
            }
        }
        return clients;
    }

    /** Who serves each client. No request fails. */
    private static List<String> visit(Gateway gateway, List<Client> clients) throws IOException {
        List<String> backends = new ArrayList<>();
        try (HttpConnection connection = new HttpConnection(gateway.port())) {
            for (Client client : clients) {
                HttpConnection.Response response = connection.get("/", "Cookie: " + client.cookie);
                assertThat(response.status()).isEqualTo(200);
                if (response.header("set-cookie").isPresent()) {
                    client.cookie = response.cookie();
                }
                backends.add(response.body());
            }
        }
        return backends;
    }

    private static String metrics(Gateway gateway) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway.managementPort() + "/actuator/prometheus"))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    /** One client, which keeps its cookie. */
    private static final class Client {
        private String cookie;

        Client(String cookie) {
            this.cookie = cookie;
        }
    }
}
