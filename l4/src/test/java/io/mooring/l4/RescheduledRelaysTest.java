package io.mooring.l4;

import static io.mooring.l4.TestGateway.STICKY;
import static io.mooring.l4.TestGateway.connect;
import static io.mooring.l4.TestGateway.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendState;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose backends are taken from them, over real sockets. */
class RescheduledRelaysTest {

    private static final RescheduleSpec AT_ONCE =
            new RescheduleSpec(EnumSet.allOf(RescheduleReason.class), Duration.ZERO, Duration.ZERO);
    private static final int CLIENTS = 40;

    private final List<TcpBackend> backends = new ArrayList<>();
    private final Map<Socket, String> clients = new HashMap<>();

    @BeforeEach
    void startBackends() throws IOException {
        for (String id : List.of("a", "b", "c", "d")) {
            backends.add(TcpBackend.echo(id));
        }
    }

    @AfterEach
    void stopAll() throws IOException {
        for (Socket client : clients.keySet()) {
            client.close();
        }
        for (TcpBackend backend : backends) {
            backend.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionsOfARemovedBackendAreResetAndOthersGoOn(boolean preferNative) throws IOException {
        try (TestGateway gateway =
                preferNative ? TestGateway.of(STICKY, specs(3)) : TestGateway.onNio(STICKY, specs(3))) {
            BoundListener listener = gateway.bind(spec(Protocol.TCP, AT_ONCE));
            open(listener);
            gateway.upstream.replaceBackends(List.of(specs(2)));
            int left = (int) clients.values().stream().filter("c"::equals).count();
            assertThat(left).isPositive();
            Eventually.await("all of c are broken off", () -> listener.rescheduled(RescheduleReason.REMOVED) == left);

            for (Map.Entry<Socket, String> client : clients.entrySet()) {
                if ("c".equals(client.getValue())) {
                    assertThatThrownBy(() -> client.getKey().getInputStream().read())
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("reset");
                    ConnectionRecord record = gateway.ended();
                    assertThat(record.ending()).isEqualTo(Ending.RESCHEDULED);
                    assertThat(record.backend()).isEqualTo("c");
                } else {
                    client.getKey().getOutputStream().write('x');
                    assertThat(client.getKey().getInputStream().read()).isEqualTo('x');
                }
            }
            assertThat(listener.open()).isEqualTo(CLIENTS - left);
        }
    }

    @Test
    void aClientOfADrainingBackendIsBalancedWhenItComesAgain() throws IOException {
        try (TestGateway gateway = TestGateway.of(STICKY, specs(2))) {
            BoundListener listener = gateway.bind(spec(Protocol.TCP, AT_ONCE));
            Socket client = connect(listener, "127.0.0.2");
            String first = TcpBackend.readId(client.getInputStream());
            clients.put(client, first);
            gateway.upstream.setState(first, BackendState.DRAINING);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.RESCHEDULED);

            ConnectionRecord again = gateway.visit(listener, "127.0.0.2");
            assertThat(again.outcome()).isEqualTo(Outcome.REVOKED);
            assertThat(again.backend()).isNotEqualTo(first);
            assertThat(listener.rescheduled(RescheduleReason.DRAINED)).isEqualTo(1);
        }
    }

    @Test
    void anAddedBackendGetsItsShareOfTheConnections() throws IOException {
        try (TestGateway gateway = TestGateway.of(TestGateway.BALANCED, specs(3))) {
            BoundListener listener = gateway.bind(spec(Protocol.TCP, AT_ONCE));
            open(listener);
            gateway.upstream.replaceBackends(List.of(specs(4)));

            Eventually.await(
                    "a quarter is broken off", () -> listener.rescheduled(RescheduleReason.ADDED) >= CLIENTS / 4 - 3);
            assertThat(Eventually.holdsWithin(
                            Duration.ofMillis(100),
                            () -> listener.rescheduled(RescheduleReason.ADDED) > CLIENTS / 4 + 3))
                    .isFalse();
        }
    }

    @Test
    void aStoppedListenerBreaksNothingOffBeforeItsDeadline() throws IOException {
        try (TestGateway gateway = TestGateway.of(TestGateway.BALANCED, specs(2))) {
            BoundListener listener = gateway.bind(spec(Protocol.TCP, AT_ONCE));
            Socket client = connect(listener, "127.0.0.2");
            clients.put(client, TcpBackend.readId(client.getInputStream()));
            listener.stop(Duration.ofMillis(300)).subscribe();
            gateway.upstream.setState(clients.get(client), BackendState.DRAINING);

            assertThat(gateway.ended().ending()).isEqualTo(Ending.STOPPED);
            assertThat(listener.rescheduled(RescheduleReason.DRAINED)).isZero();
        }
    }

    @Test
    void theNextDatagramOfAFlowGoesElsewhere() throws IOException {
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                TestGateway gateway = TestGateway.of(STICKY, a.spec(), b.spec())) {
            BoundListener listener = gateway.bind(spec(Protocol.UDP, AT_ONCE));
            try (UdpClient client = new UdpClient(listener, "127.0.0.2")) {
                String first = client.ask("x").substring(0, 1);
                gateway.upstream.setState(first, BackendState.DOWN);
                ConnectionRecord record = gateway.ended();
                assertThat(record.ending()).isEqualTo(Ending.RESCHEDULED);

                assertThat(client.ask("y")).isEqualTo(first.equals("a") ? "by" : "ay");
                assertThat(listener.rescheduled(RescheduleReason.UNHEALTHY)).isEqualTo(1);
            }
        }
    }

    private void open(BoundListener listener) throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            Socket client = connect(listener, "127.0.1." + (i + 1));
            clients.put(client, TcpBackend.readId(client.getInputStream()));
        }
    }

    private Backend[] specs(int count) {
        return Stream.of("a", "b", "c", "d")
                .limit(count)
                .map(id -> backends.get(id.charAt(0) - 'a').spec())
                .toArray(Backend[]::new);
    }
}
