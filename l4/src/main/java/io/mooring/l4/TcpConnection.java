package io.mooring.l4;

import io.mooring.balancer.session.Decision;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's TCP connection and the one to its backend, from the decision to the end of both.
 *
 * <p>The client is not read before a backend is connected. Backends are tried in the order of the decision, each for
 * the connect timeout, in which its name is resolved too. Every end that the peers have not agreed on is a reset to
 * both, so that neither takes it for the end of the data: no backend, a reset, the idle timeout, the listener's stop.
 *
 * <p>Idle is measured by a stamp at each completed read, which one timer looks at when the idle timeout has passed
 * since the last stamp. If nothing was read but a socket that was blocked has taken some bytes since the timer last
 * looked, the connection counts as used at that moment.
 *
 * <p>Where there is a time for the client's first byte, the same timer looks when it is over. It runs from when the
 * backend is connected, since the client is not heard before.
 *
 * <p>Confined to the event loop that both sockets live on, but for {@link #stop}.
 */
final class TcpConnection implements OpenConnection {

    private static final long NEVER = Long.MAX_VALUE;

    private final TcpListener listener;
    private final ListenerContext context;
    private final EventLoop loop;
    private final ClientAddresses addresses;
    private final RelaySide clientSide = new RelaySide(this);
    private final Decision decision;
    private final long began;
    private final long idleNanos;
    private final long firstByteNanos;
    private @Nullable RelaySide backendSide;
    private @Nullable BackendActivity activity;
    private @Nullable Future<?> timer;
    private @Nullable String backend;
    private int attempts;
    private int sidesCompleted;
    private long bytesToBackend;
    private long bytesFromBackend;
    private long connected;
    private long lastRead;
    private long lastProgress;
    private boolean over;

    /** Decides for a client that has been accepted on an event loop. */
    TcpConnection(TcpListener listener, EventLoop loop, ClientAddresses addresses) {
        this.listener = listener;
        this.context = listener.context();
        this.loop = loop;
        this.addresses = addresses;
        this.began = context.ticker().nanos();
        this.idleNanos = context.spec().idleTimeout().toNanos();
        this.firstByteNanos =
                context.spec().tcp().firstByteTimeout().map(Duration::toNanos).orElse(NEVER);
        InetSocketAddress client = addresses.client();
        this.decision = context.scope().decide(client.getAddress(), client.getPort(), List.of());
    }

    /** The handler for the client's socket. */
    RelaySide clientSide() {
        return clientSide;
    }

    /** Tries the backend of the decision, if there is one. */
    void dial() {
        Member member = decision.member();
        if (member == null) {
            end(decision.isRefused() ? Ending.REFUSED : Ending.NO_BACKEND);
            return;
        }
        attempts++;
        RelaySide side = new RelaySide(this);
        backendSide = side;
        timer = loop.schedule(
                () -> unreachable(side, member, BackendSignal.CONNECT_TIMED_OUT),
                context.spec().connectTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
        context.resolver().resolve(member.backend(), loop).addListener((Future<InetSocketAddress> resolved) -> {
            if (!isDialing(side)) {
                return;
            }
            if (resolved.isSuccess()) {
                connect(side, member, resolved.getNow());
            } else {
                unreachable(side, member, BackendSignal.CONNECT_FAILED);
            }
        });
    }

    @Override
    public void stop() {
        loop.execute(() -> end(Ending.STOPPED));
    }

    /** A socket has received this much since it was last said. */
    void received(RelaySide side, int bytes) {
        lastRead = context.ticker().nanos();
        if (activity == null) {
            return;
        }
        if (side == clientSide) {
            bytesToBackend += bytes;
            activity.addBytesToBackend(bytes);
        } else {
            if (bytesFromBackend == 0) {
                activity.report(BackendSignal.ANSWERED);
            }
            bytesFromBackend += bytes;
            activity.addBytesFromBackend(bytes);
        }
    }

    /** A socket was closed, its input and output having ended in order. */
    void sideCompleted() {
        sidesCompleted++;
        if (sidesCompleted == 2) {
            end(Ending.COMPLETED);
        }
    }

    /** A socket was reset, or closed by other than us. */
    void aborted(RelaySide side) {
        if (side == clientSide) {
            end(Ending.CLIENT_ABORTED);
        } else if (side == backendSide && activity != null) {
            activity.report(bytesFromBackend == 0 ? BackendSignal.RESET : BackendSignal.LOST);
            end(Ending.BACKEND_ABORTED);
        }
    }

    /** The relay itself failed. */
    void failed(@Nullable Throwable cause) {
        context.failed("the connection of " + addresses.client(), cause);
        end(Ending.FAILED);
    }

    private void connect(RelaySide side, Member member, InetSocketAddress address) {
        Bootstrap bootstrap = listener.toBackends().clone(loop).handler(side);
        bootstrap.connect(address).addListener(connected -> {
            if (!isDialing(side)) {
                side.cut();
            } else if (connected.isSuccess()) {
                established(side, member);
            } else if (side.hasChannel()) {
                unreachable(side, member, BackendSignal.CONNECT_FAILED);
            } else {
                failed(connected.cause());
            }
        });
    }

    private boolean isDialing(RelaySide side) {
        return !over && side == backendSide && activity == null;
    }

    private void unreachable(RelaySide side, Member member, BackendSignal signal) {
        if (isDialing(side)) {
            cancelTimer();
            member.activity().report(signal);
            backendSide = null;
            side.cut();
            decision.failover();
            dial();
        }
    }

    private void established(RelaySide side, Member member) {
        cancelTimer();
        decision.settle();
        activity = member.activity();
        backend = member.id();
        activity.report(BackendSignal.CONNECTED);
        connected = context.ticker().nanos();
        lastRead = connected;
        checkSilenceIn(Math.min(idleNanos, firstByteNanos));
        ProxyProtocol header = context.scope().upstream().proxyProtocol().orElse(null);
        if (header != null) {
            side.announce(header, addresses);
        }
        RelaySide.join(clientSide, side);
    }

    private void checkSilence() {
        if (over || backendSide == null) {
            return;
        }
        long now = context.ticker().nanos();
        long leftForFirstByte = awaitsFirstByte() ? connected + firstByteNanos - now : Long.MAX_VALUE;
        if (leftForFirstByte <= 0) {
            listener.refuse(Refusal.FIRST_BYTE_TIMEOUT);
            end(Ending.SILENT);
            return;
        }
        long progress = clientSide.sendingProgress() + backendSide.sendingProgress();
        if (progress != lastProgress) {
            lastProgress = progress;
            lastRead = now;
        }
        long left = lastRead + idleNanos - now;
        if (left <= 0) {
            end(Ending.IDLE);
        } else {
            checkSilenceIn(Math.min(left, leftForFirstByte));
        }
    }

    private boolean awaitsFirstByte() {
        return firstByteNanos != NEVER && bytesToBackend == 0 && !clientSide.hasEnded();
    }

    private void checkSilenceIn(long nanos) {
        timer = loop.schedule(this::checkSilence, nanos, TimeUnit.NANOSECONDS);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void end(Ending ending) {
        if (over) {
            return;
        }
        over = true;
        cancelTimer();
        if (ending != Ending.COMPLETED) {
            clientSide.cut();
            if (backendSide != null) {
                backendSide.cut();
            }
        }
        decision.close();
        context.ended(new ConnectionRecord(
                context.spec().name(),
                Protocol.TCP,
                addresses.client(),
                context.scope().id(),
                backend,
                decision.outcome(),
                attempts,
                bytesToBackend,
                bytesFromBackend,
                0,
                0,
                Duration.ofNanos(context.ticker().nanos() - began),
                ending));
        listener.ended(this);
    }
}
