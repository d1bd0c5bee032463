package io.mooring.l4;

import io.mooring.balancer.topology.ListenerSpec;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.udp.UdpServer;

/**
 * A UDP listener: one socket on one event loop, on which all its flows live too, longest silent first.
 *
 * <p>Answers leave from the listener's own socket. If it is bound to a wildcard address on a machine with several, the
 * kernel chooses the source address of an answer by its route to the client, which need not be the one that the client
 * wrote to: bind each address by a listener of its own where that matters. Empty datagrams are not relayed.
 *
 * <p>A read takes in up to {@value #DATAGRAMS_PER_READ} datagrams of clients; what is written in one turn of the event loop is
 * flushed at its end, so that a socket sends what it has in one system call. One timer looks for flows that were silent
 * for the idle timeout.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails comes back as exceptionCaught
final class UdpListener implements BoundListener {

    private static final int DATAGRAMS_PER_READ = 16;
    /** One, as a connected socket then reads by the one system call that is the cheapest for one datagram. */
    private static final int ANSWERS_PER_READ = 1;

    private static final int KERNEL_BUFFER = 4 * 1024 * 1024;
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(32 * 1024, 64 * 1024);
    private static final long SILENT_WHEN_STOPPING = TimeUnit.SECONDS.toNanos(1);
    private static final long DECIDE_AGAIN_AFTER = TimeUnit.SECONDS.toNanos(1);
    private static final int LOOKS_PER_TIMEOUT = 64;
    private static final String RELAY = "mooring.relay";

    private final ListenerContext context;
    private final Bootstrap toBackends;
    private final DatagramBuffers clientBuffers = new DatagramBuffers(DATAGRAMS_PER_READ);
    private final DatagramBuffers answerBuffers = new DatagramBuffers(ANSWERS_PER_READ);
    private final FlowTable flows;
    private final Queue<UdpFlow> unflushed = new ArrayDeque<>();
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final Sinks.Empty<Void> drained = Sinks.empty();
    private final Runnable flush = this::flush;
    private volatile @Nullable Channel channel;
    private boolean flushScheduled;
    private @Nullable Future<?> look;
    private boolean stopping;

    private UdpListener(ListenerContext context) {
        this.context = context;
        this.flows = new FlowTable(context.spec().maxFlows());
        this.toBackends = new Bootstrap()
                .channelFactory(context.transport()::newDatagrams)
                .disableResolver()
                .option(ChannelOption.ALLOCATOR, Transport.BUFFERS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS);
    }

    static Mono<BoundListener> bind(ListenerContext context) {
        return Mono.defer(() -> new UdpListener(context).bind());
    }

    @Override
    public ListenerSpec spec() {
        return context.spec();
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) bound().localAddress();
    }

    @Override
    public int open() {
        return open.get();
    }

    @Override
    public long refused(Refusal reason) {
        return 0;
    }

    @Override
    public long droppedDatagrams() {
        return dropped.sum();
    }

    @Override
    public Mono<Void> stop(Duration deadline) {
        return Mono.defer(() -> {
            loop().execute(this::beginStop);
            Mono<Void> cut = Mono.defer(() -> {
                loop().execute(this::cut);
                return drained.asMono();
            });
            return drained.asMono().timeout(deadline, cut);
        });
    }

    ListenerContext context() {
        return context;
    }

    EventLoop loop() {
        return bound().eventLoop();
    }

    /** What connects to backends; to be cloned for each socket. */
    Bootstrap toBackends() {
        return toBackends;
    }

    /** What backends' answers are received in. */
    DatagramBuffers answerBuffers() {
        return answerBuffers;
    }

    /** Sends an answer to the client of a flow; the caller keeps the payload. */
    void answer(UdpFlow flow, ByteBuf payload) {
        flows.touch(flow.key());
        Channel socket = bound();
        if (!socket.isWritable()) {
            socket.flush();
        }
        if (!socket.isWritable()) {
            dropped(1);
            return;
        }
        socket.write(new DatagramPacket(copy(payload), flow.client()), socket.voidPromise());
        scheduleFlush();
    }

    /** Has the flow flushed at the end of this turn of the event loop. */
    void flushLater(UdpFlow flow) {
        unflushed.add(flow);
        scheduleFlush();
    }

    /** So many datagrams could not be sent on. */
    void dropped(int datagrams) {
        dropped.add(datagrams);
    }

    /** The relay itself failed. */
    void failed(UdpFlow flow, @Nullable Throwable cause) {
        context.failed("the flow of " + flow.client(), cause);
        flow.end(Ending.FAILED);
    }

    /** A flow is over. One that found no backend keeps its place for a while. */
    void ended(UdpFlow flow, Ending ending) {
        open.decrementAndGet();
        switch (ending) {
            case NO_BACKEND, REFUSED, FAILED -> {}
            case COMPLETED,
                    CLIENT_ABORTED,
                    BACKEND_ABORTED,
                    IDLE,
                    SILENT,
                    HANDSHAKE_FAILED,
                    HANDSHAKE_TIMEOUT,
                    EVICTED,
                    STOPPED -> flows.remove(flow);
        }
    }

    private Mono<BoundListener> bind() {
        ListenerSpec spec = context.spec();
        return UdpServer.create()
                .runOn(context.transport().loops())
                .bindAddress(() -> new InetSocketAddress(spec.address(), spec.port()))
                .option(ChannelOption.SO_RCVBUF, KERNEL_BUFFER)
                .option(ChannelOption.ALLOCATOR, Transport.BUFFERS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .doOnChannelInit((observer, socket, remote) -> {
                    clientBuffers.lendTo(socket);
                    socket.pipeline().addBefore(NettyPipeline.ReactiveBridge, RELAY, new Clients());
                })
                .bind()
                .map(this::opened);
    }

    private BoundListener opened(Connection connection) {
        channel = connection.channel();
        connection.channel().config().setAutoRead(true);
        return this;
    }

    private Channel bound() {
        Channel bound = channel;
        if (bound == null) {
            throw new IllegalStateException("the listener is not open");
        }
        return bound;
    }

    private void fromClient(InetSocketAddress client, ByteBuf payload) {
        long now = context.ticker().nanos();
        FlowKey key = flows.key(client);
        UdpFlow flow = flows.touch(key);
        if (flow != null && flow.isOver() && now - flow.lastSeen() >= DECIDE_AGAIN_AFTER) {
            flows.remove(flow);
            flow = null;
        }
        if (flow == null) {
            if (stopping) {
                dropped(1);
                return;
            }
            flow = begin(key, client, now);
        }
        flow.toBackend(copy(payload), now);
    }

    private UdpFlow begin(FlowKey key, InetSocketAddress client, long now) {
        UdpFlow flow = new UdpFlow(this, key, client, now);
        flows.add(flow);
        open.incrementAndGet();
        lookLater(idleNanos());
        flow.dial();
        return flow;
    }

    private ByteBuf copy(ByteBuf payload) {
        int bytes = payload.readableBytes();
        return bound().alloc().directBuffer(bytes, bytes).writeBytes(payload);
    }

    private void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            loop().execute(flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        for (UdpFlow flow = unflushed.poll(); flow != null; flow = unflushed.poll()) {
            flow.flush();
        }
        bound().flush();
    }

    private long idleNanos() {
        long idle = context.spec().idleTimeout().toNanos();
        return stopping ? Math.min(idle, SILENT_WHEN_STOPPING) : idle;
    }

    private void lookLater(long nanos) {
        if (look == null) {
            long delay = Math.max(nanos, idleNanos() / LOOKS_PER_TIMEOUT);
            look = loop().schedule(this::endSilent, delay, TimeUnit.NANOSECONDS);
        }
    }

    private void endSilent() {
        look = null;
        long left = flows.endSilent(context.ticker().nanos(), idleNanos());
        if (left != FlowTable.NONE_LEFT) {
            lookLater(left);
        }
        closeIfDrained();
    }

    private void beginStop() {
        if (!stopping) {
            stopping = true;
            cancelLook();
            endSilent();
        }
    }

    private void cut() {
        flows.endAll(Ending.STOPPED);
        closeIfDrained();
    }

    private void cancelLook() {
        if (look != null) {
            look.cancel(false);
            look = null;
        }
    }

    private void closeIfDrained() {
        if (stopping && flows.isEmpty()) {
            cancelLook();
            bound().close().addListener(closed -> {
                clientBuffers.release();
                answerBuffers.release();
                drained.tryEmitEmpty();
            });
        }
    }

    /** What the listener's socket receives. */
    private final class Clients extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            DatagramPacket packet = (DatagramPacket) msg;
            try {
                if (packet.content().isReadable()) {
                    fromClient(packet.sender(), packet.content());
                }
            } finally {
                packet.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {}

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {}

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            dropped(1);
            if (!(cause instanceof IOException)) {
                context.failed("a datagram", cause);
            }
        }
    }
}
