package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.TcpSpec;
import io.mooring.testkit.Visitors;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import reactor.netty.ChannelBindException;

/** One port, two gateways. */
@EnabledIf(value = "isThere", disabledReason = "no native epoll on this machine")
class PortSharingTest {

    private static final String CLIENT = "127.0.0.1";

    @Test
    void aPortThatAnotherGatewayHasOpenIsAnError() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway first = TestGateway.of(BALANCED, backend.spec());
                TestGateway second = TestGateway.of(BALANCED, backend.spec())) {
            int port = first.tcp().address().getPort();

            assertThatThrownBy(() -> second.bind(TestGateway.spec("127.0.0.1", port, TcpSpec.DEFAULT)))
                    .isInstanceOf(ChannelBindException.class)
                    .hasMessageContaining(String.valueOf(port));
        }
    }

    @Test
    void aPortOfAProgramThatDoesNotShareIsAnErrorEvenToOneThatDoes() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                ServerSocket other = new ServerSocket(0);
                TestGateway gateway = TestGateway.sharing(backend.spec())) {
            assertThatThrownBy(() -> gateway.bind(TestGateway.spec("127.0.0.1", other.getLocalPort(), TcpSpec.DEFAULT)))
                    .isInstanceOf(ChannelBindException.class);
        }
    }

    @Test
    void nobodyIsRefusedOrResetWhileOneGatewayTakesOverFromAnother() throws Exception {
        try (TcpBackend a = TcpBackend.echo("a");
                TcpBackend b = TcpBackend.echo("b");
                TestGateway first = TestGateway.of(BALANCED, a.spec());
                TestGateway second = TestGateway.sharing(b.spec())) {
            BoundListener old = first.tcp();
            Visitors visitors = Visitors.making(() -> visit(old), 4);
            Eventually.await("the first serves", () -> visitors.served() > 50);

            BoundListener successor =
                    second.bind(TestGateway.spec("127.0.0.1", old.address().getPort(), TcpSpec.DEFAULT));
            Eventually.await("both serve", () -> second.activity("b").picks() > 20);
            old.stop(Duration.ofSeconds(10)).block(Duration.ofSeconds(20));
            int servedByThen = visitors.served();
            Eventually.await("the second serves", () -> visitors.served() > servedByThen + 200);

            visitors.stop();
            assertThat(visitors.failures()).isEmpty();
            assertThat(old.open()).isZero();
            Eventually.await("all have gone", () -> successor.open() == 0);
        }
    }

    static boolean isThere() {
        return Epoll.isAvailable();
    }

    /** Comes, and is heard out. */
    private static void visit(BoundListener listener) throws IOException {
        try (Socket client = connect(listener, CLIENT)) {
            String id = TcpBackend.readId(client.getInputStream());
            client.getOutputStream().write('x');
            if (client.getInputStream().read() != 'x') {
                throw new IOException("no answer from " + id);
            }
            client.shutdownOutput();
            client.getInputStream().readAllBytes();
        }
    }
}
