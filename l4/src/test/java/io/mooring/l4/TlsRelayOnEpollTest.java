package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;

import io.mooring.balancer.upstream.Backend;
import io.mooring.l4.tls.TlsContexts;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "isThere", disabledReason = "no native epoll on this machine")
class TlsRelayOnEpollTest extends TlsRelayContract {

    @Override
    TestGateway gateway(TlsContexts tls, Backend... backends) {
        return TestGateway.withTls(tls, BALANCED, backends);
    }

    static boolean isThere() {
        return Epoll.isAvailable();
    }
}
