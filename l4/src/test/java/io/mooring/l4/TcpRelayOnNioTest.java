package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.upstream.Backend;
import org.junit.jupiter.api.Test;

class TcpRelayOnNioTest extends TcpRelayContract {

    @Override
    TestGateway gateway(Backend... backends) {
        return TestGateway.onNio(BALANCED, backends);
    }

    @Test
    void theSocketsAreTheJdks() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec())) {
            assertThat(gateway.isNative()).isFalse();
        }
    }
}
