package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;

import io.mooring.balancer.upstream.Backend;
import io.mooring.l4.tls.TlsContexts;

class TlsRelayOnNioTest extends TlsRelayContract {

    @Override
    TestGateway gateway(TlsContexts tls, Backend... backends) {
        return TestGateway.withTlsOnNio(tls, BALANCED, backends);
    }
}
