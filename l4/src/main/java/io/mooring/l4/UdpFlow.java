package io.mooring.l4;

import io.mooring.balancer.session.Decision;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.Member;
import io.mooring.l4.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams between one client address and port and its backend, through a socket of the flow's own that is
 * connected to the backend: only from there can answers come.
 *
 * <p>The first answer settles the decision. Until then a backend that cannot be reached, because its name is unknown or
 * because its host says that nobody listens, gives way to the next; the datagrams it was sent are lost, as datagrams
 * may be. Once settled, such a report ends the flow, and the client's next datagram is decided anew. A flow that found
 * no backend stays for a second, so that a client that goes on sending is decided once a second, not once a datagram.
 * Where the listener expects a number of responses to each datagram, a flow ends once they have come.
 *
 * <p>Datagrams wait only while the backend's name is resolved, up to {@value #MAX_HELD_BYTES} bytes, until the end of
 * the turn of the event loop, and in the kernel; what does not fit is dropped.
 *
 * <p>Confined to the event loop of the loop.
 */
final class UdpFlow implements Relay, BackendSocket.Owner {

    static final int MAX_HELD_BYTES = 64 * 1024;

    private final UdpLoop loop;
    private final UdpSocket socket;
    private final ListenerContext context;
    private final FlowKey key;
    private final InetSocketAddress client;
    private final Decision decision;
    private final long began;
    private final Queue<ByteBuf> held = new ArrayDeque<>(1);
    private @Nullable BackendSocket toBackend;
    private @Nullable BackendActivity activity;
    private @Nullable String backend;
    private int heldBytes;
    private int attempts;
    private long bytesToBackend;
    private long bytesFromBackend;
    private long datagramsToBackend;
    private long datagramsFromBackend;
    private long lastSeen;
    private boolean connected;
    private boolean answered;
    private boolean unflushed;
    private boolean over;

    /** Decides for a client that has no flow. */
    UdpFlow(UdpLoop loop, UdpSocket socket, FlowKey key, InetSocketAddress client, long now) {
        this.loop = loop;
        this.context = loop.context();
        this.socket = socket;
        this.key = key;
        this.client = client;
        this.began = now;
        this.lastSeen = now;
        this.decision = context.scope().decide(client.getAddress(), client.getPort(), List.of());
        decision.letGo();
    }

    FlowKey key() {
        return key;
    }

    InetSocketAddress client() {
        return client;
    }

    /** What its first datagram came by. */
    UdpSocket socket() {
        return socket;
    }

    /** When a datagram last passed, either way, or it ended. */
    long lastSeen() {
        return lastSeen;
    }

    /** Whether its client has been answered, and can be still. */
    boolean isServed() {
        return answered && !over;
    }

    /** Whether nothing can pass any more. */
    boolean isOver() {
        return over;
    }

    /** Sends what was written. */
    void flush() {
        unflushed = false;
        if (connected && toBackend != null) {
            toBackend.flush();
        }
    }

    /** Tries the backend of the decision, if there is one. */
    void dial() {
        if (over) {
            return;
        }
        Member member = decision.member();
        if (member == null) {
            end(decision.isRefused() ? Ending.REFUSED : Ending.NO_BACKEND);
            return;
        }
        attempts++;
        int attempt = attempts;
        activity = member.activity();
        backend = member.id();
        loop.rescheduler().arrived(this);
        if (attempts == 1) {
            activity.addBytesToBackend(bytesToBackend);
        }
        context.resolver()
                .resolve(member.backend(), loop.eventLoop())
                .addListener((Future<InetSocketAddress> found) -> {
                    if (over || attempt != attempts) {
                        return;
                    }
                    if (found.isSuccess()) {
                        connect(found.getNow());
                    } else if (BackendResolver.isUnknownName(found.cause())) {
                        unreachable();
                    } else {
                        failed(found.cause());
                    }
                });
    }

    /** Sends on a client's datagram, of which it keeps a copy. */
    void toBackend(ByteBuf payload, long now) {
        if (over) {
            loop.dropped(1);
            return;
        }
        lastSeen = now;
        decision.touch();
        int bytes = payload.readableBytes();
        datagramsToBackend++;
        bytesToBackend += bytes;
        if (activity != null) {
            activity.addBytesToBackend(bytes);
        }
        if (connected && toBackend != null) {
            write(toBackend, payload);
        } else if (heldBytes == 0 || heldBytes + bytes <= MAX_HELD_BYTES) {
            heldBytes += bytes;
            held.add(payload.copy());
        } else {
            loop.dropped(1);
        }
    }

    @Override
    public @Nullable Decision serving() {
        return over ? null : decision;
    }

    @Override
    public long began() {
        return began;
    }

    @Override
    public void reschedule() {
        end(Ending.RESCHEDULED);
    }

    /** Ends it; once. */
    void end(Ending ending) {
        if (over) {
            return;
        }
        over = true;
        disconnect();
        loop.dropped(held.size());
        held.forEach(ByteBuf::release);
        held.clear();
        decision.close();
        long now = context.ticker().nanos();
        lastSeen = now;
        context.ended(new ConnectionRecord(
                context.spec().name(),
                Protocol.UDP,
                client,
                ClientTls.NONE,
                decision.scope().id(),
                answered || decision.member() != null ? backend : null,
                decision.outcome(),
                attempts,
                bytesToBackend,
                bytesFromBackend,
                datagramsToBackend,
                datagramsFromBackend,
                Duration.ofNanos(now - began),
                ending));
        loop.ended(this, ending);
    }

    @Override
    public void opened(BackendSocket socket) {
        toBackend = socket;
    }

    @Override
    public void connected() {
        connected = true;
        // Another backend may have to take over in between, which the rest waits for.
        while (connected && toBackend != null && !held.isEmpty()) {
            ByteBuf payload = held.remove();
            heldBytes -= payload.readableBytes();
            try {
                write(toBackend, payload);
            } finally {
                payload.release();
            }
        }
    }

    @Override
    public void answered(ByteBuf payload) {
        if (!answered) {
            answered = true;
            decision.settle();
            report(BackendSignal.CONNECTED);
        }
        int bytes = payload.readableBytes();
        datagramsFromBackend++;
        bytesFromBackend += bytes;
        if (activity != null) {
            activity.addBytesFromBackend(bytes);
        }
        lastSeen = context.ticker().nanos();
        loop.answer(this, payload);
        if (hasAllResponses()) {
            // What the client sends in this turn of the event loop is still of this flow.
            loop.eventLoop().execute(this::endIfComplete);
        }
    }

    @Override
    public void unreachable() {
        report(BackendSignal.CONNECT_FAILED);
        if (answered) {
            end(Ending.BACKEND_ABORTED);
            return;
        }
        disconnect();
        decision.failover();
        dial();
    }

    @Override
    public void dropped(int datagrams) {
        loop.dropped(datagrams);
    }

    @Override
    public void failed(@Nullable Throwable cause) {
        loop.failed(this, cause);
    }

    private void endIfComplete() {
        if (hasAllResponses()) {
            end(Ending.COMPLETED);
        }
    }

    /** Whether as much has come as the protocol lets expect. */
    private boolean hasAllResponses() {
        int responses = context.spec().flows().responses();
        return responses > 0 && datagramsFromBackend >= responses * datagramsToBackend;
    }

    private void connect(InetSocketAddress address) {
        try {
            loop.backendSockets().connect(address, this);
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void write(BackendSocket to, ByteBuf payload) {
        to.add(payload);
        if (!unflushed) {
            unflushed = true;
            loop.flushLater(this);
        }
    }

    private void report(BackendSignal signal) {
        if (activity != null) {
            activity.report(signal);
        }
    }

    private void disconnect() {
        connected = false;
        BackendSocket former = toBackend;
        toBackend = null;
        if (former != null) {
            former.close();
        }
    }
}
