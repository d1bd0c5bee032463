package io.mooring.l4;

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
     * @throws io.mooring.l4.tls.TlsSetupException when TLS is to be terminated with a bundle that cannot be used
     * @return an error when the port cannot be had: {@link reactor.netty.ChannelBindException}
     */
    public Mono<BoundListener> bind(ListenerSpec spec, Map<String, Scope> scopes) {
        ListenerContext context =
                new ListenerContext(spec, Destinations.of(spec, scopes, tls), transport, resolver, observer, ticker);
        return switch (spec.protocol()) {
            case TCP, TLS -> TcpListener.bind(context, reception(spec));
            case UDP -> UdpListener.bind(context);
        };
    }

    /**
     * Prepares to have an open listener serve the clients that come from now on as another declares; those there are
     * stay as they are.
     *
     * @param spec of the same port and protocol, and with what is fixed when a port is opened
     * @param scopes as in {@link #bind}
     * @return does it
     * @throws IllegalArgumentException when the listener cannot be that one
     * @throws io.mooring.l4.tls.TlsSetupException when TLS is to be terminated with a bundle that cannot be used
     */
    public Runnable plan(BoundListener listener, ListenerSpec spec, Map<String, Scope> scopes) {
        if (!spec.opensAs(listener.spec()) || !spec.equals(spec.openedAs(listener.spec()))) {
            throw new IllegalArgumentException(
                    "listener " + spec.name() + ": another port (expected: the one that is open)");
        }
        Destinations destinations = Destinations.of(spec, scopes, tls);
        if (listener instanceof TcpListener tcp) {
            ListenerSpec now = tcp.spec();
            // What terminates TLS stays in use for as long as its bundles.
            boolean received =
                    spec.tls().equals(now.tls()) && spec.serverNames().equals(now.serverNames());
            Reception reception = received ? tcp.reception() : reception(spec);
            return () -> tcp.become(spec, destinations, reception);
        }
        if (listener instanceof UdpListener udp) {
            return () -> udp.become(spec, destinations);
        }
        throw new IllegalArgumentException("listener " + spec.name() + ": not opened here (expected: one that is)");
    }

    private Reception reception(ListenerSpec spec) {
        if (spec.tls().isPresent()) {
            TlsSpec terminated = spec.tls().get();
            return Reception.terminating(tls.server(terminated), terminated.handshakeTimeout());
        }
        ServerNameSpec names = spec.serverNames();
        return names.upstreams().isEmpty() ? Reception.DIRECT : Reception.peeking(names.timeout());
    }

    @Override
    public void close() {
        resolver.close();
    }
}
