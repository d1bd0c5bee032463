package io.mooring.l4;

import io.mooring.balancer.session.Layer;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ServerNameSpec;
import io.mooring.balancer.topology.TlsSpec;
import io.mooring.l4.tls.TlsContexts;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Opens TCP and UDP listeners on the event loops it was given.
 *
 * <p>Safe for concurrent use. It does not own the loops, and closing it closes no listener: it only lets go of what
 * resolves the names of backends, so listeners are to be {@linkplain BoundListener#stop stopped} first.
 */
public final class L4Listeners implements AutoCloseable {

    private final Transport transport;
    private final BackendResolver resolver;
    private final L4Observer observer;
    private final Ticker ticker;
    private final TlsContexts tls;

    /**
     * Listeners on these loops.
     *
     * @param loops where sockets live
     * @param observer is told what became of connections and flows
     * @param ticker measures durations and idle times
     * @param sharing whether a port may be opened that another process has open
     * @param tls terminates TLS and speaks it with backends
     */
    public L4Listeners(EventLoops loops, L4Observer observer, Ticker ticker, PortSharing sharing, TlsContexts tls) {
        this.transport = Transport.on(loops, sharing);
        this.resolver = new BackendResolver(transport);
        this.observer = observer;
        this.ticker = ticker;
        this.tls = tls;
    }

    /**
     * Opens a listener when it is subscribed to.
     *
     * <p>The caller owns the listener and must stop it. Cancelling before it is open leaves nothing open.
     *
     * @param scopes what decides for its clients, by the names of the upstreams that the listener leads to; their
     *     policies must be for layer 4
     * @throws IllegalArgumentException when one is not
     * @throws io.mooring.l4.tls.TlsSetupException when TLS is to be terminated with a bundle that cannot be used
     * @return an error when the port cannot be had: {@link reactor.netty.ChannelBindException}
     */
    public Mono<BoundListener> bind(ListenerSpec spec, Map<String, Scope> scopes) {
        scopes.values().forEach(scope -> requireLayer4(spec, scope));
        ListenerContext context =
                new ListenerContext(spec, Destinations.of(spec, scopes, tls), transport, resolver, observer, ticker);
        return switch (spec.protocol()) {
            case TCP -> TcpListener.bind(context, reception(spec.serverNames()));
            case TLS -> TcpListener.bind(context, reception(spec.tls().orElseThrow()));
            case UDP -> UdpListener.bind(context);
        };
    }

    private static void requireLayer4(ListenerSpec spec, Scope scope) {
        if (!scope.policy().fits(Layer.L4)) {
            throw new IllegalArgumentException("listener " + spec.name() + ": "
                    + scope.policy().persistence().kind().key() + " (expected: a policy for layer 4)");
        }
    }

    private static Reception reception(ServerNameSpec names) {
        return names.upstreams().isEmpty() ? Reception.DIRECT : Reception.peeking(names.timeout());
    }

    private Reception reception(TlsSpec spec) {
        return Reception.terminating(tls.server(spec), spec.handshakeTimeout());
    }

    @Override
    public void close() {
        resolver.close();
    }
}
