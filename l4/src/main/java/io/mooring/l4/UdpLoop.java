package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a UDP listener has on one event loop: the sockets that clients write to and their flows, longest silent first.
 *
 * <p>A read takes in up to {@value #DATAGRAMS_PER_READ} datagrams of clients; what is written in one turn of the event
 * loop is flushed at its end. One timer looks for flows that were silent for the idle timeout.
 *
 * <p>Confined to the event loop, but for {@link #open}, {@link #beginStop} and {@link #cut}, which any thread may call.
 */
final class UdpLoop {

    private static final int DATAGRAMS_PER_READ = 16;
    private static final long SILENT_WHEN_STOPPING = TimeUnit.SECONDS.toNanos(1);
    private static final long DECIDE_AGAIN_AFTER = TimeUnit.SECONDS.toNanos(1);
    private static final int LOOKS_PER_TIMEOUT = 64;
    /** How many datagrams may be on their way from another loop. */
    private static final int MAX_HANDED_OVER = 256;

    private final UdpListener listener;
    private final ListenerContext context;
    private final EventLoop eventLoop;
    private final BackendSockets backendSockets;
    private final FlowTable flows;
    private final DatagramBuffers clientBuffers = new DatagramBuffers(DATAGRAMS_PER_READ);
    /** Netty tells which address was written to only if it reads one datagram at a time. */
    private final DatagramBuffers wildcardBuffers = new DatagramBuffers(1);

    private final Map<InetAddress, UdpSocket> sockets = new HashMap<>();
    private final Queue<UdpFlow> unflushed = new ArrayDeque<>();
    private final Queue<UdpSocket> answering = new ArrayDeque<>();
    private final Runnable flush = this::flush;
    private final AtomicInteger handedOver = new AtomicInteger();
    private @Nullable UdpSocket wildcard;
    private boolean flushScheduled;
    private @Nullable Future<?> look;
    private boolean stopping;
    private boolean drained;
    private boolean closed;

    UdpLoop(UdpListener listener, FlowBudget budget, EventLoop eventLoop) {
        this.listener = listener;
        this.context = listener.context();
        this.eventLoop = eventLoop;
        this.flows = new FlowTable(budget, eventLoop);
        this.backendSockets = new BackendSockets(context.transport(), eventLoop);
    }

    ListenerContext context() {
        return context;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    /** What gives flows other backends. */
    Rescheduler rescheduler() {
        return listener.rescheduler(eventLoop);
    }

    FlowTable flows() {
        return flows;
    }

    /** Opens a socket when it is subscribed to. */
    Mono<UdpSocket> open(InetSocketAddress address, UdpSocket.Sharing sharing) {
        return UdpSocket.bind(this, address, sharing).doOnNext(socket -> {
            sockets.put(socket.address().getAddress(), socket);
            if (socket.isWildcard()) {
                wildcard = socket;
            }
            if (closed) {
                socket.close(() -> {});
            }
        });
    }

    /** Takes no new flow from now on, and is drained once those there are have been silent for a second. */
    void beginStop() {
        eventLoop.execute(() -> {
            if (!stopping) {
                stopping = true;
                cancelLook();
                endSilent();
            }
        });
    }

    /** Ends all flows. */
    void cut() {
        eventLoop.execute(() -> {
            flows.endAll(Ending.STOPPED);
            lookIfDrained();
        });
    }

    /** Closes the sockets. */
    void close() {
        eventLoop.execute(this::closeSockets);
    }

    /** What connects flows to their backends. */
    BackendSockets backendSockets() {
        return backendSockets;
    }

    /** What datagrams of clients are received in. */
    DatagramBuffers clientBuffers(boolean wildcard) {
        return wildcard ? wildcardBuffers : clientBuffers;
    }

    /** Takes a datagram, of which it keeps no more than a copy. */
    void fromClient(UdpSocket socket, @Nullable InetAddress local, InetSocketAddress client, ByteBuf payload) {
        UdpLoop serving =
                socket.isWildcard() && local != null ? listener.localAddresses().serving(local) : this;
        if (serving == null || serving == this) {
            relay(socket, local, client, payload);
        } else if (serving.handedOver.incrementAndGet() <= MAX_HANDED_OVER) {
            ByteBuf copy = payload.copy();
            serving.eventLoop.execute(() -> serving.takeOver(local, client, copy));
        } else {
            serving.handedOver.decrementAndGet();
            dropped(1);
        }
    }

    private void takeOver(@Nullable InetAddress local, InetSocketAddress client, ByteBuf payload) {
        handedOver.decrementAndGet();
        UdpSocket socket = wildcard;
        if (socket == null || closed) {
            dropped(1);
        } else {
            relay(socket, local, client, payload);
        }
        payload.release();
    }

    private void relay(UdpSocket socket, @Nullable InetAddress local, InetSocketAddress client, ByteBuf payload) {
        long now = context.ticker().nanos();
        FlowKey key = flows.key(client, local);
        UdpFlow flow = flows.heard(key);
        if (flow != null && flow.isOver() && now - flow.lastSeen() >= DECIDE_AGAIN_AFTER) {
            flows.remove(flow);
            flow = null;
        }
        if (flow == null) {
            flow = begin(socket, key, client, now);
        }
        if (flow == null) {
            dropped(1);
        } else {
            flow.toBackend(payload, now);
        }
    }

    /** Sends an answer to the client of a flow; the caller keeps the payload. */
    void answer(UdpFlow flow, ByteBuf payload) {
        flows.answered(flow);
        UdpSocket socket = flow.socket();
        InetAddress local = flow.key().local();
        if (socket.isWildcard() && local != null) {
            socket = sockets.getOrDefault(local, socket);
        }
        socket.answer(flow.client(), payload);
    }

    /** Has the socket flushed at the end of this turn of the event loop. */
    void flushLater(UdpSocket socket) {
        answering.add(socket);
        scheduleFlush();
    }

    /** Has the flow flushed at the end of this turn of the event loop. */
    void flushLater(UdpFlow flow) {
        unflushed.add(flow);
        scheduleFlush();
    }

    /** So many datagrams could not be sent on. */
    void dropped(int datagrams) {
        listener.dropped(datagrams);
    }

    /** The relay itself failed. */
    void failed(UdpFlow flow, @Nullable Throwable cause) {
        context.failed("the flow of " + flow.client(), cause);
        flow.end(Ending.FAILED);
    }

    /** A flow is over. One that found no backend keeps its place for a while. */
    void ended(UdpFlow flow, Ending ending) {
        listener.ended(ending);
        rescheduler().left(flow);
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
                    RESCHEDULED,
                    STOPPED -> flows.remove(flow);
        }
    }

    private @Nullable UdpFlow begin(UdpSocket socket, FlowKey key, InetSocketAddress client, long now) {
        if (listener.isStopping() || !flows.makeRoom()) {
            return null;
        }
        UdpFlow flow = new UdpFlow(this, socket, key, client, now);
        flows.add(flow);
        listener.began();
        lookLater(idleNanos());
        InetAddress local = key.local();
        if (socket.isWildcard() && local != null) {
            listener.localAddresses().whenOpen(local, flow::dial);
        } else {
            flow.dial();
        }
        return flow;
    }

    private void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            eventLoop.execute(flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        for (UdpFlow flow = unflushed.poll(); flow != null; flow = unflushed.poll()) {
            flow.flush();
        }
        for (UdpSocket socket = answering.poll(); socket != null; socket = answering.poll()) {
            socket.flush();
        }
        flows.publish();
    }

    private long idleNanos() {
        long idle = context.spec().idleTimeout().toNanos();
        return stopping ? Math.min(idle, SILENT_WHEN_STOPPING) : idle;
    }

    private void lookLater(long nanos) {
        if (look == null) {
            long delay = Math.max(nanos, idleNanos() / LOOKS_PER_TIMEOUT);
            look = eventLoop.schedule(this::endSilent, delay, TimeUnit.NANOSECONDS);
        }
    }

    private void endSilent() {
        look = null;
        long left = flows.endSilent(context.ticker().nanos(), idleNanos());
        if (left != FlowTable.NONE_LEFT) {
            lookLater(left);
        }
        lookIfDrained();
    }

    private void cancelLook() {
        if (look != null) {
            look.cancel(false);
            look = null;
        }
    }

    private void lookIfDrained() {
        if (stopping && !drained && flows.isEmpty()) {
            drained = true;
            cancelLook();
            listener.drained();
        }
    }

    private void closeSockets() {
        closed = true;
        AtomicInteger left = new AtomicInteger(sockets.size());
        for (UdpSocket socket : sockets.values()) {
            socket.close(() -> {
                if (left.decrementAndGet() == 0) {
                    released();
                }
            });
        }
        if (sockets.isEmpty()) {
            released();
        }
    }

    private void released() {
        clientBuffers.release();
        wildcardBuffers.release();
        backendSockets.release();
        listener.closed();
    }
}
