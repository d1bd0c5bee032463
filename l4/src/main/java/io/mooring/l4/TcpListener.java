package io.mooring.l4;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.TcpSpec;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.ChannelBindException;

/**
 * A TCP or TLS listener. With native epoll each event loop has a socket of its own that listens on the port, over which
 * the kernel spreads the clients, and what it accepts stays on the loop; the JDK's only socket feeds all loops in turn.
 *
 * <p>A connection holds at most the high water mark and one read of payload each way, 192 KiB, beyond what the kernel
 * buffers; an idle one holds none.
 */
final class TcpListener implements BoundListener {

    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(64 * 1024, 128 * 1024);
    private static final RecvByteBufAllocator READS = new PausableReads();
    /** The name of the relay's handler in the pipeline of a client or backend. */
    static final String RELAY = "mooring.relay";

    private final ListenerContext context;
    private final Bootstrap toBackends;
    private final Admission admission;
    private final RefusalCounters refusals = new RefusalCounters();
    private final List<TcpAcceptor> acceptors;
    private final Set<OpenConnection> connections = ConcurrentHashMap.newKeySet();
    private final Sinks.Empty<Void> drained = Sinks.empty();
    private final Rescheduling rescheduling;
    private volatile Reception reception;
    private volatile boolean retired;
    private volatile boolean cutting;

    private TcpListener(ListenerContext context, Reception reception) {
        this.context = context;
        this.reception = reception;
        this.admission = new Admission(context.spec().tcp(), context.ticker().nanos());
        this.acceptors = context.transport().listening().stream()
                .map(loops -> new TcpAcceptor(this, loops))
                .toList();
        this.rescheduling =
                new Rescheduling(context.ticker(), context.transport().group(), this::relaysOn);
        this.toBackends = new Bootstrap()
                .channelFactory(context.transport()::newStream)
                .disableResolver()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .option(ChannelOption.ALLOCATOR, Transport.BUFFERS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS);
        context.transport().probeSilentPeers(toBackends, context.spec().tcp().keepAlive());
    }

    static Mono<BoundListener> bind(ListenerContext context, Reception reception) {
        return Mono.defer(() -> new TcpListener(context, reception).bind());
    }

    @Override
    public ListenerSpec spec() {
        return context.spec();
    }

    @Override
    public InetSocketAddress address() {
        return acceptors.get(0).address();
    }

    @Override
    public int open() {
        return admission.open();
    }

    @Override
    public long refused(Refusal reason) {
        return refusals.count(reason);
    }

    @Override
    public long rescheduled(RescheduleReason reason) {
        return rescheduling.count(reason);
    }

    @Override
    public long droppedDatagrams() {
        return 0;
    }

    @Override
    public long evictedFlows() {
        return 0;
    }

    @Override
    public Mono<Void> stop(Duration deadline) {
        Mono<Void> end = allAcceptors(TcpAcceptor::retire).then(drained());
        Mono<Void> cut = allAcceptors(TcpAcceptor::close).then(Mono.defer(() -> {
            cutting = true;
            connections.forEach(OpenConnection::stop);
            return drained();
        }));
        return Mono.fromRunnable(rescheduling::close).then(end.timeout(deadline, cut));
    }

    /** How clients are received now. */
    Reception reception() {
        return reception;
    }

    /** Has clients that come from now on be received and led so. */
    void become(ListenerSpec spec, Destinations destinations, Reception next) {
        rescheduling.become(spec.rescheduling(), destinations);
        context.become(spec, destinations);
        reception = next;
    }

    ListenerContext context() {
        return context;
    }

    /** What connects to backends; to be cloned for each connection. */
    Bootstrap toBackends() {
        return toBackends;
    }

    /** Whether a client may come in; if not, that is counted. */
    boolean admits(InetSocketAddress peer) {
        Refusal refusal = admission.admit(peer, context.ticker().nanos());
        if (refusal != null) {
            refuse(refusal);
        }
        return refusal == null;
    }

    /** Counts a client that is turned away. */
    void refuse(Refusal reason) {
        refusals.increment(reason);
    }

    /** A connection has come to its last stage: it is known who the client is. */
    void relay(OpenConnection before, Channel accepted, ClientAddresses addresses) {
        relay(accepted, addresses);
        connections.remove(before);
    }

    /** What gives the connections of a loop other backends. */
    Rescheduler rescheduler(EventLoop loop) {
        return rescheduling.on(loop);
    }

    /** A connection is over. */
    void ended(OpenConnection connection) {
        connections.remove(connection);
        admission.leave();
        signalIfDrained();
    }

    private Mono<BoundListener> bind() {
        ListenerSpec spec = context.spec();
        Transport transport = context.transport();
        InetSocketAddress address = new InetSocketAddress(spec.address(), spec.port());
        Mono<Void> claimed = Mono.fromCallable(() -> {
            transport.claimTcp(address);
            return null;
        });
        rescheduling.become(spec.rescheduling(), context.destinations());
        return claimed.thenMany(Flux.fromIterable(acceptors))
                .concatMap(acceptor -> acceptor.bind(sockets(), portOf(acceptor, address)))
                .then(Mono.<BoundListener>just(this))
                .onErrorResume(cause -> abandon().then(Mono.error(ChannelBindException.fail(address, cause))))
                .doOnCancel(() -> abandon().subscribe());
    }

    private Mono<Void> abandon() {
        return Mono.fromRunnable(rescheduling::close).then(allAcceptors(TcpAcceptor::close));
    }

    private ServerBootstrap sockets() {
        TcpSpec spec = context.spec().tcp();
        ServerBootstrap sockets = new ServerBootstrap()
                .channelFactory(context.transport()::newListening)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, spec.backlog())
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.ALLOCATOR, Transport.BUFFERS)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .childHandler(new Newcomer());
        context.transport().prepareListening(sockets, spec.keepAlive());
        return sockets;
    }

    /** The address, with the port that the system gave to the first if it was left to choose. */
    private InetSocketAddress portOf(TcpAcceptor acceptor, InetSocketAddress address) {
        TcpAcceptor first = acceptors.get(0);
        return acceptor == first
                ? address
                : new InetSocketAddress(address.getAddress(), first.address().getPort());
    }

    private Iterator<TcpConnection> relaysOn(EventExecutor loop) {
        return connections.stream()
                .filter(TcpConnection.class::isInstance)
                .map(TcpConnection.class::cast)
                .filter(connection -> connection.isOn(loop))
                .iterator();
    }

    private void greet(Channel accepted) {
        TcpSpec.Proxied proxied = context.spec().tcp().proxied().orElse(null);
        if (proxied == null) {
            relay(accepted, ClientAddresses.of(accepted));
        } else {
            track(ProxyGreeting.await(this, accepted, proxied.timeout()));
        }
    }

    private void relay(Channel accepted, ClientAddresses addresses) {
        TcpConnection connection = new TcpConnection(this, accepted.eventLoop(), addresses);
        accepted.pipeline().addLast(RELAY, connection.clientSide());
        track(connection);
        reception.receive(connection, accepted);
    }

    private void track(OpenConnection connection) {
        connections.add(connection);
        if (cutting) {
            connection.stop();
        }
    }

    private Mono<Void> allAcceptors(Function<TcpAcceptor, Mono<Void>> action) {
        return Flux.fromIterable(acceptors).flatMap(action).then();
    }

    /** Completes when the port is closed and nobody is left. */
    private Mono<Void> drained() {
        return Mono.defer(() -> {
            retired = true;
            signalIfDrained();
            return drained.asMono();
        });
    }

    private void signalIfDrained() {
        if (retired && admission.open() == 0) {
            drained.tryEmitEmpty();
        }
    }

    /** Begins with a client that was admitted, on the event loop that it will live on. */
    private final class Newcomer extends ChannelInitializer<Channel> {

        @Override
        protected void initChannel(Channel accepted) {
            greet(accepted);
        }
    }
}
