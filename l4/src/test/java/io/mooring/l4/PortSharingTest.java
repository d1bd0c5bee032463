package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.TcpSpec;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
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
            Visitors visitors = new Visitors(old);
            Eventually.await("the first serves", () -> visitors.served.get() > 50);

            BoundListener successor =
                    second.bind(TestGateway.spec("127.0.0.1", old.address().getPort(), TcpSpec.DEFAULT));
            Eventually.await("both serve", () -> second.activity("b").picks() > 20);
            old.stop(Duration.ofSeconds(10)).block(Duration.ofSeconds(20));
            int servedByThen = visitors.served.get();
            Eventually.await("the second serves", () -> visitors.served.get() > servedByThen + 200);

            visitors.stop();
            assertThat(visitors.failures).isEmpty();
            assertThat(old.open()).isZero();
            Eventually.await("all have gone", () -> successor.open() == 0);
        }
    }

    static boolean isThere() {
        return Epoll.isAvailable();
    }

    /** Clients who come one after another, each heard out. */
    private static final class Visitors {

        private final AtomicInteger served = new AtomicInteger();
        private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;

        Visitors(BoundListener listener) {
            for (int i = 0; i < 4; i++) {
                Thread thread = new Thread(() -> comeAndGo(listener), "visitor");
                thread.start();
                threads.add(thread);
            }
        }

        private void comeAndGo(BoundListener listener) {
            while (!stopped) {
                try (Socket client = connect(listener, CLIENT)) {
                    String id = TcpBackend.readId(client.getInputStream());
                    client.getOutputStream().write('x');
                    if (client.getInputStream().read() != 'x') {
                        throw new IOException("no answer from " + id);
                    }
                    client.shutdownOutput();
                    client.getInputStream().readAllBytes();
                    served.incrementAndGet();
                } catch (IOException e) {
                    failures.add(e);
                }
            }
        }

        void stop() throws InterruptedException {
            stopped = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
