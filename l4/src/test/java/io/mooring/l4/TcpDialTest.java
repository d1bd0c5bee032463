package io.mooring.l4;

import static io.mooring.l4.TcpRelayContract.assertReset;
import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.STICKY;
import static io.mooring.l4.TestGateway.connect;
import static io.mooring.l4.TestGateway.sticky;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendState;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TcpDialTest {

    private static final String CLIENT = "127.0.0.2";

    @Test
    void aBackendThatRefusesGivesWayToTheNext() throws Exception {
        try (TcpBackend alive = TcpBackend.echo("alive");
                TestGateway gateway = TestGateway.of(BALANCED, nobody("dead"), alive.spec())) {
            BoundListener listener = gateway.tcp();
            int second = 0;
            for (int i = 0; i < 4; i++) {
                ConnectionRecord record = gateway.visit(listener, CLIENT);
                assertThat(record.outcome()).isEqualTo(Outcome.OFF);
                second += record.attempts() - 1;
            }
            assertThat(second).isEqualTo(2);
            assertThat(gateway.signals()).contains("dead CONNECT_FAILED", "alive CONNECTED");
            assertThat(gateway.activity("dead").active()).isZero();
        }
    }

    @Test
    void aSessionWhoseBackendRefusesMovesAndStaysMoved() throws Exception {
        TcpBackend first = TcpBackend.echo("first");
        try (TcpBackend second = TcpBackend.echo("second");
                TestGateway gateway = TestGateway.of(STICKY, first.spec())) {
            BoundListener listener = gateway.tcp();
            assertThat(gateway.visit(listener, CLIENT).backend()).isEqualTo("first");
            Backend gone = first.spec();
            gateway.upstream.replaceBackends(List.of(gone, second.spec()));
            first.close();

            ConnectionRecord moved = gateway.visit(listener, CLIENT);

            assertThat(moved.outcome()).isEqualTo(Outcome.MOVED);
            assertThat(moved.backend()).isEqualTo("second");
            assertThat(moved.attempts()).isEqualTo(2);
            ConnectionRecord after = gateway.visit(listener, CLIENT);
            assertThat(after.outcome()).isEqualTo(Outcome.KEPT);
            assertThat(after.backend()).isEqualTo("second");
        }
    }

    @Test
    void aNewClientWhoseFirstBackendRefusesIsBoundToTheOneThatAnswers() throws Exception {
        try (TcpBackend alive = TcpBackend.echo("alive");
                TestGateway gateway = TestGateway.of(STICKY, nobody("dead"), alive.spec())) {
            BoundListener listener = gateway.tcp();
            for (String client : List.of("127.0.0.2", "127.0.0.3")) {
                assertThat(gateway.visit(listener, client).outcome()).isEqualTo(Outcome.NEW);
                ConnectionRecord second = gateway.visit(listener, client);
                assertThat(second.outcome()).isEqualTo(Outcome.KEPT);
                assertThat(second.attempts()).isEqualTo(1);
            }
        }
    }

    @Test
    void aStrictSessionWhoseBackendRefusesIsRefused() throws Exception {
        TcpBackend first = TcpBackend.echo("first");
        try (TcpBackend second = TcpBackend.echo("second");
                TestGateway gateway = TestGateway.of(sticky(null, true), first.spec())) {
            BoundListener listener = gateway.tcp();
            gateway.visit(listener, CLIENT);
            gateway.upstream.replaceBackends(List.of(first.spec(), second.spec()));
            first.close();

            try (Socket client = connect(listener, CLIENT)) {
                assertReset(client);
            }

            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.REFUSED);
            assertThat(record.outcome()).isEqualTo(Outcome.MOVED);
        }
    }

    @Test
    void aBackendThatDoesNotAnswerGivesWayAfterTheConnectTimeout() throws Exception {
        Duration timeout = Duration.ofMillis(300);
        try (FullBacklog deaf = new FullBacklog();
                TcpBackend alive = TcpBackend.echo("alive");
                TestGateway gateway =
                        TestGateway.of(BALANCED, new Backend("deaf", "127.0.0.1", deaf.port(), 100), alive.spec(1))) {
            BoundListener listener =
                    gateway.bind(TestGateway.spec(Protocol.TCP, ListenerSpec.DEFAULT_TCP_IDLE, timeout, 1));

            ConnectionRecord first = gateway.visit(listener, CLIENT);
            ConnectionRecord record = first.attempts() == 2 ? first : gateway.visit(listener, CLIENT);

            assertThat(record.attempts()).isEqualTo(2);
            assertThat(record.backend()).isEqualTo("alive");
            assertThat(gateway.signals()).contains("deaf CONNECT_TIMED_OUT");
            assertThat(record.duration()).isBetween(timeout, timeout.plusSeconds(3));
        }
    }

    @Test
    void aClientIsTurnedAwayAtOnceWhenAllBackendsAreOut() throws Exception {
        try (TcpBackend a = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, a.spec())) {
            BoundListener listener = gateway.tcp();
            gateway.upstream.setState("a", BackendState.MAINTENANCE);

            try (Socket client = connect(listener, CLIENT)) {
                assertReset(client);
            }

            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.NO_BACKEND);
            assertThat(record.backend()).isNull();
            assertThat(record.attempts()).isZero();
            assertThat(record.duration()).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void aClientIsTurnedAwayWhenNoBackendCanBeReached() throws Exception {
        try (TestGateway gateway = TestGateway.of(BALANCED, nobody("a"), nobody("b"), nobody("c"))) {
            BoundListener listener = gateway.tcp();

            try (Socket client = connect(listener, CLIENT)) {
                assertReset(client);
            }

            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.NO_BACKEND);
            assertThat(record.attempts()).isEqualTo(3);
            Eventually.await("nothing is open", () -> listener.open() == 0);
            for (String id : List.of("a", "b", "c")) {
                assertThat(gateway.activity(id).active()).isZero();
            }
        }
    }

    @Test
    void aClientThatHangsUpWhileABackendIsTriedEndsTheTrying() throws Exception {
        try (FullBacklog deaf = new FullBacklog();
                TestGateway gateway = TestGateway.of(BALANCED, new Backend("deaf", "127.0.0.1", deaf.port(), 10))) {
            BoundListener listener = gateway.tcp();
            Socket client = connect(listener, CLIENT);
            Eventually.await(
                    "the backend is tried", () -> gateway.activity("deaf").active() == 1);

            TcpBackend.reset(client);

            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.CLIENT_ABORTED);
            assertThat(record.duration()).isLessThan(ListenerSpec.DEFAULT_CONNECT);
            assertThat(gateway.activity("deaf").active()).isZero();
        }
    }

    @Test
    void aBackendMayHaveAName() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("named");
                TestGateway gateway = TestGateway.of(
                        BALANCED,
                        new Backend("named", "localhost", backend.spec().port(), 10))) {
            assertThat(gateway.visit(gateway.tcp(), CLIENT).backend()).isEqualTo("named");
        }
    }

    /** A backend on a port that was free a moment ago. */
    private static Backend nobody(String id) throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return new Backend(id, "127.0.0.1", socket.getLocalPort(), Backend.DEFAULT_WEIGHT);
        }
    }
}
