package io.mooring.l4;

import static io.mooring.l4.TcpRelayContract.assertReset;
import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.connect;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.TcpSpec;
import io.mooring.balancer.upstream.Backend;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is refused at the door, on both transports. */
class TcpAdmissionTest {

    private static final String CLIENT = "127.0.0.1";

    @ParameterizedTest(name = "native: {0}")
    @ValueSource(booleans = {true, false})
    void moreConnectionsThanMayBeOpenAreResetUntilOneEnds(boolean preferNative) throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = gateway(preferNative, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(limits(2, TcpSpec.UNLIMITED)));
            try (Socket first = connect(listener, CLIENT);
                    Socket second = connect(listener, CLIENT)) {
                TcpBackend.readId(first.getInputStream());
                TcpBackend.readId(second.getInputStream());
                for (int i = 1; i <= 3; i++) {
                    try (Socket third = connect(listener, CLIENT)) {
                        assertReset(third);
                    }
                    assertThat(listener.refused(Refusal.CONNECTION_LIMIT)).isEqualTo(i);
                }
                assertThat(listener.open()).isEqualTo(2);
                assertThat(gateway.activity("a").picks()).isEqualTo(2);
            }
            Eventually.await("they have ended", () -> listener.open() == 0);
            gateway.ended();
            gateway.ended();
            assertThat(gateway.visit(listener, CLIENT).ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @ParameterizedTest(name = "native: {0}")
    @ValueSource(booleans = {true, false})
    void moreConnectionsThanMayComeInASecondAreReset(boolean preferNative) throws Exception {
        int clients = 50;
        int limit = 5;
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = gateway(preferNative, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(limits(TcpSpec.UNLIMITED, limit)));
            long began = System.nanoTime();
            List<Socket> all = new ArrayList<>();
            int served = 0;
            for (int i = 0; i < clients; i++) {
                Socket client = connect(listener, CLIENT);
                all.add(client);
                served += isServed(client) ? 1 : 0;
            }
            long seconds = 1 + Duration.ofNanos(System.nanoTime() - began).toSeconds();
            assertThat(served).isBetween(limit, (int) (limit * (seconds + 1)));
            assertThat(listener.refused(Refusal.RATE_LIMIT)).isEqualTo(clients - served);
            assertThat(gateway.activity("a").picks()).isEqualTo(served);
            Eventually.await("a second later there is room", () -> tryToBeServed(listener));
            for (Socket client : all) {
                client.close();
            }
        }
    }

    static TcpSpec limits(int connections, int rate) {
        return new TcpSpec(
                TcpSpec.DEFAULT_BACKLOG,
                connections,
                rate,
                Optional.empty(),
                Optional.empty(),
                TcpSpec.KeepAlive.OF_SYSTEM);
    }

    private static TestGateway gateway(boolean preferNative, Backend backend) {
        return preferNative ? TestGateway.of(BALANCED, backend) : TestGateway.onNio(BALANCED, backend);
    }

    private static boolean tryToBeServed(BoundListener listener) {
        try (Socket client = connect(listener, CLIENT)) {
            return isServed(client);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isServed(Socket client) throws IOException {
        try {
            return client.getInputStream().read() >= 0;
        } catch (SocketException e) {
            return false;
        }
    }
}
