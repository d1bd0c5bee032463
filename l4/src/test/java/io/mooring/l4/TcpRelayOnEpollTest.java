package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.connect;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.upstream.Backend;
import io.netty.channel.epoll.Epoll;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "isThere", disabledReason = "no native epoll on this machine")
class TcpRelayOnEpollTest extends TcpRelayContract {

    @Override
    TestGateway gateway(Backend... backends) {
        return TestGateway.of(BALANCED, backends);
    }

    static boolean isThere() {
        return Epoll.isAvailable();
    }

    @Test
    void theSocketsAreNative() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec())) {
            assertThat(gateway.isNative()).isTrue();
        }
    }

    @Test
    void aResetByABackendThatIsNotReadCutsTheClient() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), "127.0.0.1")) {
            Socket server = backend.next();
            sendUntilStalled(gateway, server);

            TcpBackend.reset(server);

            assertThat(gateway.ended().ending()).isEqualTo(Ending.BACKEND_ABORTED);
            assertReset(client);
        }
    }
}
