package io.mooring.l4;

import io.mooring.balancer.topology.ListenerSpec;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.TcpServer;

/**
 * A TCP listener: a Reactor Netty server in whose pipelines the relay stands in the place of the reactive bridge, so
 * that bytes pass from socket to socket without a subscriber between them.
 *
 * <p>A connection holds at most the high water mark and one read of payload each way, 192 KiB, beyond what the kernel
 * buffers; an idle one holds none. When accepting fails, as for want of file descriptors, Reactor Netty pauses it for
 * a second.
 */
final class TcpListener implements BoundListener {

    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(64 * 1024, 128 * 1024);
    private static final RecvByteBufAllocator READS = new PausableReads();
    /** The name of the relay's handler in the pipeline of a client or backend. */
    static final String RELAY = "mooring.relay";

    private final ListenerContext context;
    private final Reception reception;
    private final Bootstrap toBackends;
    private final RefusalCounters refusals = new RefusalCounters();
    private final Set<TcpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Sinks.Empty<Void> drained = Sinks.empty();
    private volatile @Nullable DisposableServer server;
    private volatile boolean stopping;

    private TcpListener(ListenerContext context, Reception reception) {
        this.context = context;
        this.reception = reception;
        this.toBackends = new Bootstrap()
                .channelFactory(context.transport()::newStream)
                .disableResolver()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .option(ChannelOption.ALLOCATOR, Transport.BUFFERS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS);
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
        return (InetSocketAddress) bound().address();
    }

    @Override
    public int open() {
        return connections.size();
    }

    @Override
    public long refused(Refusal reason) {
        return refusals.count(reason);
    }

    @Override
    public long droppedDatagrams() {
        return 0;
    }

    @Override
    public Mono<Void> stop(Duration deadline) {
        return Mono.defer(() -> {
            stopping = true;
            bound().dispose();
            signalIfDrained();
            Mono<Void> cut = Mono.defer(() -> {
                connections.forEach(TcpConnection::stop);
                return drained.asMono();
            });
            return bound().onDispose().then(drained.asMono().timeout(deadline, cut));
        });
    }

    ListenerContext context() {
        return context;
    }

    /** What connects to backends; to be cloned for each connection. */
    Bootstrap toBackends() {
        return toBackends;
    }

    /** A client was turned away. */
    void turnedAway(Refusal reason) {
        refusals.increment(reason);
    }

    /** A connection is over. */
    void ended(TcpConnection connection) {
        connections.remove(connection);
        signalIfDrained();
    }

    private Mono<BoundListener> bind() {
        ListenerSpec spec = context.spec();
        return TcpServer.create()
                .runOn(context.transport().loops())
                .bindAddress(() -> InetSocketAddress.createUnresolved(spec.address(), spec.port()))
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.ALLOCATOR, Transport.BUFFERS)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .doOnChannelInit((observer, channel, remote) -> accept(channel))
                .bind()
                .map(this::opened);
    }

    private BoundListener opened(DisposableServer bound) {
        server = bound;
        return this;
    }

    private DisposableServer bound() {
        DisposableServer bound = server;
        if (bound == null) {
            throw new IllegalStateException("the listener is not open");
        }
        return bound;
    }

    private void accept(Channel accepted) {
        TcpConnection connection = new TcpConnection(this, accepted);
        connections.add(connection);
        accepted.pipeline().replace(NettyPipeline.ReactiveBridge, RELAY, connection.clientSide());
        if (stopping) {
            connection.stop();
        } else {
            reception.receive(connection, accepted);
        }
    }

    private void signalIfDrained() {
        if (stopping && connections.isEmpty()) {
            drained.tryEmitEmpty();
        }
    }
}
