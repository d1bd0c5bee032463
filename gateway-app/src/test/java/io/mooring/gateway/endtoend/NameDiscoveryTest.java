package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.testkit.NameServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** A gateway whose members are the addresses of a name. Linux has all of 127.0.0.0/8 on loopback. */
@EnabledOnOs(OS.LINUX)
class NameDiscoveryTest {

    private static final String NAME = "shop.internal";

    @TempDir
    Path directory;

    private final NameServer names = NameServer.start();
    private final List<DisposableServer> servers = new ArrayList<>();

    @BeforeEach
    void startBackends() {
        serve("127.0.0.1", 0);
        serve("127.0.0.2", servers.get(0).port());
        serve("127.0.0.3", servers.get(0).port());
    }

    @AfterEach
    void stopBackends() {
        servers.forEach(DisposableServer::disposeNow);
        names.close();
    }

    @Test
    void membersFollowTheNameAndNobodyMovesButTheClientsOfThoseWhoLeft() throws Exception {
        names.say(NAME, "127.0.0.1", "127.0.0.2");
        try (Gateway gateway = start()) {
            StickyVisitors visitors = StickyVisitors.start(gateway.port(), 6);
            List<List<String>> before = visitors.histories();
            assertThat(before).filteredOn(List.of("127.0.0.1")::equals).hasSize(3);

            names.say(NAME, "127.0.0.3", "127.0.0.2", "127.0.0.1");
            Awaiting.until(() -> members(gateway).size() == 3);
            visitors.awaitVisits(20);
            assertThat(visitors.histories()).isEqualTo(before);

            names.say(NAME, "127.0.0.2", "127.0.0.3");
            Awaiting.until(() -> members(gateway).size() == 2);
            visitors.awaitVisits(20);
            visitors.stop();

            assertThat(visitors.failures()).isEmpty();
            List<List<String>> after = visitors.histories();
            for (int i = 0; i < before.size(); i++) {
                boolean gone = before.get(i).contains("127.0.0.1");
                assertThat(after.get(i)).startsWith(before.get(i).get(0)).hasSize(gone ? 2 : 1);
            }
            assertThat(gateway.fleet().upstreamScope("shop").orElseThrow().outcomes(Outcome.MOVED))
                    .isEqualTo(3);
        }
    }

    @Test
    void anOutageOfTheNameServerKeepsTheLastMembers() throws Exception {
        names.say(NAME, "127.0.0.1", "127.0.0.2");
        try (Gateway gateway = start();
                HttpConnection connection = new HttpConnection(gateway.port())) {
            names.fallSilent();
            Awaiting.until(() -> answers(gateway, "failed") >= 1);
            names.recover();
            names.fail(NameServer.A, NameServer.SERVFAIL).fail(NameServer.AAAA, NameServer.SERVFAIL);
            Awaiting.until(() -> answers(gateway, "failed") >= 3);
            assertThat(members(gateway)).containsExactly("127.0.0.1", "127.0.0.2");
            assertThat(connection.get("/").status()).isEqualTo(200);
            assertThat(gateway.metric("mooring.discovery.age", "upstream", "shop"))
                    .isGreaterThan(1);

            names.recover();
            names.say(NAME, "127.0.0.3");
            double before = answers(gateway, "good");
            Awaiting.until(() -> answers(gateway, "good") > before + 1);
            assertThat(members(gateway)).containsExactly("127.0.0.3");
            assertThat(connection.get("/").body()).isEqualTo("127.0.0.3");
        }
    }

    private Gateway start() {
        return Gateway.start(directory, """
                mooring.upstreams.shop:
                  persistence: { type: cookie }
                  dns: { name: %s, port: %d, servers: [ "127.0.0.1:%d" ], interval: 1s, timeout: 1s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(
                        NAME, servers.get(0).port(), names.address().getPort()));
    }

    private void serve(String address, int port) {
        servers.add(HttpServer.create()
                .host(address)
                .port(port)
                .handle((request, response) -> response.sendString(Mono.just(address)))
                .bindNow());
    }

    private static List<String> members(Gateway gateway) {
        return gateway.fleet().upstream("shop").orElseThrow().snapshot().members().stream()
                .map(member -> member.id())
                .toList();
    }

    private static double answers(Gateway gateway, String result) {
        return gateway.metric("mooring.discovery.answers", "upstream", "shop", "result", result);
    }
}
