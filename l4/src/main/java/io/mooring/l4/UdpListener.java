package io.mooring.l4;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.topology.ListenerSpec;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.ChannelBindException;

/**
 * A UDP listener: with native epoll, a socket on each event loop, among which the kernel spreads the clients by their
 * address and port, so that a client stays on one loop; else one socket on one loop. A flow lives on the loop that its
 * first datagram came to; how many there are at most holds over all loops.
 *
 * <p>Answers leave from the address that the client wrote to, also where the listener is bound to all of the machine's:
 * {@link LocalAddresses} says how. Empty datagrams are not relayed, as Netty cannot send them.
 *
 * <p>Unless the port may be shared with another process, the first socket is bound as one that shares it with nobody,
 * so that a port in use is an error, and lets the others join it afterwards.
 */
final class UdpListener implements BoundListener {

    private final ListenerContext context;
    private final List<UdpLoop> loops = new ArrayList<>();
    private final LocalAddresses localAddresses;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    /** How many loops may have flows. */
    private final AtomicInteger busy = new AtomicInteger();
    /** How many loops have sockets. */
    private final AtomicInteger running = new AtomicInteger();

    private final Sinks.Empty<Void> drained = Sinks.empty();
    private final Rescheduling rescheduling;
    private volatile @Nullable InetSocketAddress address;
    private volatile boolean stopping;

    private UdpListener(ListenerContext context) {
        this.context = context;
        FlowBudget budget = new FlowBudget(context.spec().flows().max());
        for (EventExecutor loop : context.transport().group()) {
            if (loops.isEmpty() || context.transport().loops().isNative()) {
                loops.add(new UdpLoop(this, budget, (EventLoop) loop));
            }
        }
        this.busy.set(loops.size());
        this.running.set(loops.size());
        this.rescheduling = new Rescheduling(
                context.ticker(), loops.stream().map(UdpLoop::eventLoop).toList(), this::relaysOn);
        this.localAddresses = new LocalAddresses(context, loops);
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
        InetSocketAddress bound = address;
        if (bound == null) {
            throw new IllegalStateException("the listener is not open");
        }
        return bound;
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
    public long rescheduled(RescheduleReason reason) {
        return rescheduling.count(reason);
    }

    @Override
    public long droppedDatagrams() {
        return dropped.sum();
    }

    @Override
    public long evictedFlows() {
        return evicted.sum();
    }

    @Override
    public Mono<Void> stop(Duration deadline) {
        return Mono.defer(() -> {
            rescheduling.close();
            stopping = true;
            loops.forEach(UdpLoop::beginStop);
            Mono<Void> cut = Mono.defer(() -> {
                loops.forEach(UdpLoop::cut);
                return drained.asMono();
            });
            return drained.asMono().timeout(deadline, cut);
        });
    }

    /** Has flows that begin from now on be led so. */
    void become(ListenerSpec spec, Destinations destinations) {
        rescheduling.become(spec.rescheduling(), destinations);
        context.become(spec, destinations);
    }

    /** What gives the flows of a loop other backends. */
    Rescheduler rescheduler(EventLoop loop) {
        return rescheduling.on(loop);
    }

    ListenerContext context() {
        return context;
    }

    LocalAddresses localAddresses() {
        return localAddresses;
    }

    /** So many datagrams could not be sent on. */
    void dropped(int datagrams) {
        dropped.add(datagrams);
    }

    /** A flow has begun. */
    void began() {
        open.incrementAndGet();
    }

    /** A flow is over. */
    void ended(Ending ending) {
        open.decrementAndGet();
        if (ending == Ending.EVICTED) {
            evicted.increment();
        }
    }

    /** Whether no flow may begin any more, on whichever loop. */
    boolean isStopping() {
        return stopping;
    }

    /**
     * A loop has no flow, and will have none any more. The loops close their sockets together: of sockets that share a
     * port, each that closes has the kernel deal out the clients of the others anew.
     */
    void drained() {
        if (busy.decrementAndGet() == 0) {
            loops.forEach(UdpLoop::close);
        }
    }

    /** A loop has closed its sockets. */
    void closed() {
        if (running.decrementAndGet() == 0) {
            drained.tryEmitEmpty();
        }
    }

    private Mono<BoundListener> bind() {
        ListenerSpec spec = context.spec();
        InetSocketAddress wanted = new InetSocketAddress(spec.address(), spec.port());
        if (wanted.isUnresolved()) {
            return Mono.error(ChannelBindException.fail(wanted, new UnknownHostException(spec.address())));
        }
        rescheduling.become(spec.rescheduling(), context.destinations());
        UdpLoop first = loops.get(0);
        UdpSocket.Sharing sharing = switch (context.transport().sharing()) {
            case NEVER -> UdpSocket.Sharing.FROM_NOW_ON;
            case BETWEEN_PROCESSES -> UdpSocket.Sharing.FROM_THE_START;
        };
        return first.open(wanted, sharing)
                .flatMap(socket -> {
                    InetSocketAddress bound = socket.address();
                    address = bound;
                    return Flux.fromIterable(loops.subList(1, loops.size()))
                            .concatMap(loop -> loop.open(bound, UdpSocket.Sharing.FROM_THE_START))
                            .then(localAddresses.openKnown(bound))
                            .onErrorResume(failure -> stop(Duration.ZERO).then(Mono.error(failure)));
                })
                .thenReturn((BoundListener) this)
                .doOnError(failure -> rescheduling.close())
                .doOnCancel(rescheduling::close);
    }

    private Iterator<UdpFlow> relaysOn(EventExecutor eventLoop) {
        return loops.stream()
                .filter(loop -> loop.eventLoop().equals(eventLoop))
                .map(UdpLoop::flows)
                .map(FlowTable::iterator)
                .findFirst()
                .orElseThrow();
    }
}
