package io.mooring.l4;

import io.mooring.balancer.topology.TcpSpec;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Says at the door who may not come in, and how many are inside. Safe for concurrent use. */
final class Admission {

    private final TcpSpec spec;
    private final @Nullable ConnectionRate rate;
    private final AtomicInteger open = new AtomicInteger();

    Admission(TcpSpec spec, long now) {
        this.spec = spec;
        this.rate = spec.maxConnectionRate() == TcpSpec.UNLIMITED
                ? null
                : new ConnectionRate(spec.maxConnectionRate(), now);
    }

    /** Why the peer is refused; null if it is admitted, and then {@link #leave} is to follow. */
    @Nullable
    Refusal admit(InetSocketAddress peer, long now) {
        boolean stranger = spec.proxied()
                .filter(proxied -> !proxied.isProxy(peer.getAddress()))
                .isPresent();
        if (stranger) {
            return Refusal.UNTRUSTED_PROXY;
        }
        if (open.incrementAndGet() > spec.maxConnections()) {
            open.decrementAndGet();
            return Refusal.CONNECTION_LIMIT;
        }
        if (rate != null && !rate.admits(now)) {
            open.decrementAndGet();
            return Refusal.RATE_LIMIT;
        }
        return null;
    }

    /** One that was admitted is gone. */
    void leave() {
        open.decrementAndGet();
    }

    /** How many are inside. */
    int open() {
        return open.get();
    }
}
