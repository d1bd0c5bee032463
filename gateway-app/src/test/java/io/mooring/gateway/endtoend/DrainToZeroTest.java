package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a backend that is drained, and what its clients do, until the last of them is gone. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "clients come from many loopback addresses")
class DrainToZeroTest {

    private static final int SESSIONS = 1_000;
    private static final String ECHO_1 = "/upstreams/echo/backends/echo-1";

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void aDrainedBackendKeepsItsThousandSessionsUntilTheyEndAndIsSeenToHaveNoneThen() throws IOException {
        try (EchoBackends backends = EchoBackends.start("echo", Protocol.TCP, 2);
                Gateway gateway = Gateway.start(nanos::get, directory, yaml(backends))) {
            AdminClient admin = new AdminClient(gateway.managementPort());
            Scope scope = gateway.fleet().listenerScope("kept").orElseThrow();
            List<String> bound = new ArrayList<>();
            for (int client = 0; client < 2 * SESSIONS; client++) {
                if (visit(gateway, address(client)).equals("echo-1")) {
                    bound.add(address(client));
                }
            }
            assertThat(bound).hasSize(SESSIONS);

            try (Socket open = connect(gateway, bound.get(0))) {
                assertThat(talk(open)).isEqualTo("echo-1");
                assertThat(admin.patch(ECHO_1, "{\"state\": \"draining\"}").statusCode())
                        .isEqualTo(200);
                assertSessions(gateway, admin, SESSIONS);

                pass(Duration.ofSeconds(20));
                for (String address : bound) {
                    assertThat(visit(gateway, address)).isEqualTo("echo-1");
                }
                assertThat(visit(gateway, address(2 * SESSIONS)))
                        .as("a new client")
                        .isEqualTo("echo-2");
                assertThat(talk(open)).isEqualTo("echo-1");
            }
            awaitQuiet(gateway);
            pass(Duration.ofSeconds(29));
            assertSessions(gateway, admin, SESSIONS);
            assertThat(scope.outcomes(Outcome.KEPT)).isEqualTo(SESSIONS + 1);
            assertThat(scope.outcomes(Outcome.MOVED) + scope.outcomes(Outcome.REVOKED))
                    .isZero();

            pass(Duration.ofSeconds(1));
            assertSessions(gateway, admin, 0);
            assertThat(visit(gateway, bound.get(0))).isEqualTo("echo-2");
        }
    }

    private static void assertSessions(Gateway gateway, AdminClient admin, int count) {
        assertThat(gateway.metric("mooring.backend.sessions", "upstream", "echo", "backend", "echo-1"))
                .isEqualTo(count);
        assertThat(admin.get(ECHO_1).at("/sessions").asInt(-1)).isEqualTo(count);
    }

    /** The idle time of a session begins when the gateway has heard of the end of its connection. */
    private static void awaitQuiet(Gateway gateway) {
        Awaiting.until(() -> gateway.fleet().upstream("echo").orElseThrow().snapshot().members().stream()
                .allMatch(member -> member.activity().active() == 0));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Who serves a client that comes on a connection of its own. */
    private static String visit(Gateway gateway, String address) throws IOException {
        try (Socket connection = connect(gateway, address)) {
            return talk(connection);
        }
    }

    private static Socket connect(Gateway gateway, String address) throws IOException {
        Socket connection = new Socket();
        connection.bind(new InetSocketAddress(address, 0));
        connection.connect(gateway.listener("kept"));
        return connection;
    }

    private static String talk(Socket connection) throws IOException {
        return AdminFixture.talk(connection).split(":", 2)[0];
    }

    private static String address(int client) {
        return "127.3." + client / 250 + "." + (client % 250 + 1);
    }

    private static String yaml(EchoBackends backends) {
        return """
                mooring:
                  upstreams:
                    echo: { backends: %s }
                  listeners:
                    kept:
                      protocol: tcp
                      address: 127.0.0.1
                      port: 0
                      upstream: echo
                      persistence: { type: source-ip, idle-timeout: 30s }
                logging.level: { mooring.access: "off" }
                """.formatted(backends.yaml());
    }
}
