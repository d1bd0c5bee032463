package io.mooring.l4;

import io.mooring.balancer.session.Layer;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.ListenerSpec;
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

    /**
     * Listeners on these loops.
     *
     * @param loops where sockets live
     * @param observer is told what became of connections and flows
     * @param ticker measures durations and idle times
     * @param sharing whether a port may be opened that another process has open
     */
    public L4Listeners(EventLoops loops, L4Observer observer, Ticker ticker, PortSharing sharing) {
        this.transport = Transport.on(loops, sharing);
        this.resolver = new BackendResolver(transport);
        this.observer = observer;
        this.ticker = ticker;
    }

    /** Listeners on these loops, and on ports that no other process has open. */
    public L4Listeners(EventLoops loops, L4Observer observer, Ticker ticker) {
        this(loops, observer, ticker, PortSharing.NEVER);
    }

    /**
     * Opens a listener when it is subscribed to.
     *
     * <p>The caller owns the listener and must stop it. Cancelling before it is open leaves nothing open.
     *
     * @param scope what decides for its clients; its policy must be one for layer 4
     * @throws IllegalArgumentException when the policy is not
     * @return an error when the port cannot be had: {@link reactor.netty.ChannelBindException}
     */
    public Mono<BoundListener> bind(ListenerSpec spec, Scope scope) {
        if (!scope.policy().fits(Layer.L4)) {
            throw new IllegalArgumentException("listener " + spec.name() + ": "
                    + scope.policy().persistence().kind().key() + " (expected: a policy for layer 4)");
        }
        ListenerContext context = new ListenerContext(spec, scope, transport, resolver, observer, ticker);
        return switch (spec.protocol()) {
            case TCP -> TcpListener.bind(context);
            case UDP -> UdpListener.bind(context);
        };
    }

    @Override
    public void close() {
        resolver.close();
    }
}
