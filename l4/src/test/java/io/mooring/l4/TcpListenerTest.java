package io.mooring.l4;

import static io.mooring.l4.TcpRelayContract.assertReset;
import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.netty.ChannelBindException;

class TcpListenerTest {

    private static final String CLIENT = "127.0.0.1";

    @Test
    void stoppingTurnsNewClientsAwayAndLetsOthersFinish() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.tcp();
            try (Socket client = connect(listener, CLIENT)) {
                TcpBackend.readId(client.getInputStream());
                CompletableFuture<Void> stopped =
                        listener.stop(Duration.ofSeconds(30)).toFuture();
                Eventually.await("the port is closed", () -> isRefused(listener));

                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');
                assertThat(stopped).isNotDone();
                client.shutdownOutput();
                assertThat(client.getInputStream().read()).isEqualTo(-1);

                stopped.get(10, TimeUnit.SECONDS);
                assertThat(listener.open()).isZero();
            }
        }
    }

    @Test
    void whatIsOpenAtTheDeadlineIsCut() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.tcp();
            try (Socket client = connect(listener, CLIENT)) {
                TcpBackend.readId(client.getInputStream());
                Socket server = backend.next();

                listener.stop(Duration.ofMillis(200)).block(Duration.ofSeconds(10));

                assertReset(client);
                assertReset(server);
                assertThat(gateway.ended().ending()).isEqualTo(Ending.STOPPED);
                assertThat(gateway.activity("a").active()).isZero();
            }
        }
    }

    @Test
    void anIdleListenerStopsAtOnceAndMoreThanOnce() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.tcp();
            listener.stop(Duration.ofHours(1)).block(Duration.ofSeconds(10));
            listener.stop(Duration.ofHours(1)).block(Duration.ofSeconds(10));
            assertThat(isRefused(listener)).isTrue();
        }
    }

    @Test
    void aPortInUseIsAnErrorThatNamesIt() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec());
                ServerSocket other = new ServerSocket(0)) {
            ListenerSpec taken =
                    TestListener.of(Protocol.TCP).port(other.getLocalPort()).spec();
            assertThatThrownBy(() -> gateway.bind(taken))
                    .isInstanceOf(ChannelBindException.class)
                    .hasMessageContaining(String.valueOf(other.getLocalPort()));
        }
    }

    @Test
    void anObserverThatFailsStopsNothing() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.tcp();
            gateway.breakObserver();
            for (int i = 0; i < 3; i++) {
                assertThat(gateway.visit(listener, CLIENT).ending()).isEqualTo(Ending.COMPLETED);
            }
            Eventually.await("nothing is open", () -> listener.open() == 0);
        }
    }

    private static boolean isRefused(BoundListener listener) {
        try {
            connect(listener, CLIENT).close();
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
