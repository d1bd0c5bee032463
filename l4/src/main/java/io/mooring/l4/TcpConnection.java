package io.mooring.l4;

import io.mooring.balancer.session.Decision;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.mooring.l4.tls.BackendTls;
import io.mooring.l4.tls.ClientTls;
import io.mooring.l4.tls.TlsHandshake;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's TCP connection and the one to its backend, from the decision to the end of both.
 *
 * <p>The client's payload is not read before a backend is connected, but for what says who the client is and which
 * server it asks for. Backends are tried in the order of the decision, each for the connect timeout, in which its name
 * is resolved and its TLS handshake done, too. Every end that the peers have not agreed on is a reset to both, so that
 * neither takes it for the end of the data: no backend, a reset, the idle timeout, a backend that is to be left, the
 * listener's stop.
 *
 * <p>Idle is measured by a stamp at each completed read, which one timer looks at when the idle timeout has passed
 * since the last stamp. If nothing was read but a socket that was blocked has taken some bytes since the timer last
 * looked, the connection counts as used at that moment.
 *
 * <p>Where there is a time for the client's first byte, the same timer looks when it is over. It runs from when the
 * backend is connected, since no payload is read before.
 *
 * <p>Confined to the event loop that both sockets live on, but for {@link #stop}.
 */
final class TcpConnection implements OpenConnection, Relay {

    private static final long NEVER = Long.MAX_VALUE;

    private static final Logger log = LoggerFactory.getLogger(TcpConnection.class);

    private final TcpListener listener;
    private final ListenerContext context;
    private final EventLoop loop;
    private final ClientAddresses addresses;
    private final RelaySide clientSide = new RelaySide(this);
    private final long began;
    private final long idleNanos;
    private final long firstByteNanos;
    private ClientTls tls = ClientTls.NONE;
    private @Nullable BackendTls backendTls;
    private @Nullable Decision decision;
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

    /** A client that has been accepted on an event loop, for which nothing is decided yet. */
    TcpConnection(TcpListener listener, EventLoop loop, ClientAddresses addresses) {
        this.listener = listener;
        this.context = listener.context();
        this.loop = loop;
        this.addresses = addresses;
        this.began = context.ticker().nanos();
        this.idleNanos = context.spec().idleTimeout().toNanos();
        this.firstByteNanos =
                context.spec().tcp().firstByteTimeout().map(Duration::toNanos).orElse(NEVER);
    }

    /** The handler for the client's socket. */
    RelaySide clientSide() {
        return clientSide;
    }

    /**
     * Decides, and connects to a backend.
     *
     * @param known what is known of the client's TLS
     * @param ledBy the server name that says where to, in lower case, or null for the default
     */
    void begin(ClientTls known, @Nullable String ledBy) {
        if (over) {
            return;
        }
        tls = known;
        Destination destination = context.destinations().of(ledBy);
        backendTls = destination.tls();
        InetSocketAddress client = addresses.client();
        decision = destination.scope().decide(client.getAddress(), client.getPort(), List.of());
        dial();
    }

    /** Ends it before anything was decided, since the client has left. */
    void abandoned() {
        if (decision == null) {
            end(Ending.CLIENT_ABORTED);
        }
    }

    /** Ends it before anything was decided, since the TLS handshake takes too long. */
    void handshakeTimedOut() {
        if (decision == null && !over) {
            listener.refuse(Refusal.HANDSHAKE_TIMEOUT);
            end(Ending.HANDSHAKE_TIMEOUT);
        }
    }

    /** Ends it before anything was decided; the client is about to be sent the alert that says why. */
    void handshakeFailed(Throwable cause) {
        if (decision == null && !over) {
            log.debug(
                    "listener {}: the TLS handshake of {} failed",
                    context.spec().name(),
                    addresses.client(),
                    cause);
            listener.refuse(Refusal.HANDSHAKE_FAILED);
            end(Ending.HANDSHAKE_FAILED);
        }
    }

    /** Tries the backend of the decision, if there is one. */
    private void dial() {
        Member member = decided().member();
        if (member == null) {
            end(decided().isRefused() ? Ending.REFUSED : Ending.NO_BACKEND);
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
            } else if (BackendResolver.isUnknownName(resolved.cause())) {
                unreachable(side, member, BackendSignal.CONNECT_FAILED);
            } else {
                failed(resolved.cause());
            }
        });
    }

    @Override
    public @Nullable Decision serving() {
        return over || activity == null ? null : decision;
    }

    @Override
    public long began() {
        return began;
    }

    @Override
    public void reschedule() {
        end(Ending.RESCHEDULED);
    }

    /** Whether it lives on this event loop; any thread may ask. */
    boolean isOn(EventExecutor other) {
        return loop.equals(other);
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
        BackendTls secured = backendTls;
        ChannelHandler handler = secured == null ? side : new SecuredSide(side, member, secured);
        Bootstrap bootstrap = listener.toBackends().clone(loop).handler(handler);
        Transport.connect(bootstrap, loop, address, connected -> {
            if (!isDialing(side)) {
                side.cut();
            } else if (connected.isSuccess()) {
                if (secured == null) {
                    established(side, member);
                }
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
            decided().failover();
            dial();
        }
    }

    private void established(RelaySide side, Member member) {
        cancelTimer();
        decided().settle();
        activity = member.activity();
        backend = member.id();
        activity.report(BackendSignal.CONNECTED);
        connected = context.ticker().nanos();
        lastRead = connected;
        checkSilenceIn(Math.min(idleNanos, firstByteNanos));
        ProxyProtocol header = announced();
        if (header != null && backendTls == null) {
            side.announce(header, addresses);
        }
        RelaySide.join(clientSide, side);
        listener.rescheduler(loop).arrived(this);
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
        // Those are closed: in order, or by TLS behind its alert.
        if (ending != Ending.COMPLETED && ending != Ending.HANDSHAKE_FAILED) {
            clientSide.cut();
            if (backendSide != null) {
                backendSide.cut();
            }
        }
        Decision last = decision;
        if (last != null) {
            last.close();
        }
        listener.rescheduler(loop).left(this);
        context.ended(new ConnectionRecord(
                context.spec().name(),
                context.spec().protocol(),
                addresses.client(),
                tls,
                last == null ? null : last.scope().id(),
                backend,
                last == null ? null : last.outcome(),
                attempts,
                bytesToBackend,
                bytesFromBackend,
                0,
                0,
                Duration.ofNanos(context.ticker().nanos() - began),
                ending));
        listener.ended(this);
    }

    /** How the backend is told who the client is, or null if it is not. */
    private @Nullable ProxyProtocol announced() {
        return decided().scope().upstream().proxyProtocol().orElse(null);
    }

    private Decision decided() {
        return Objects.requireNonNull(decision, "it has begun");
    }

    /** Puts TLS between a backend's socket and its side, which is established when the handshake is over. */
    private final class SecuredSide extends ChannelInitializer<Channel> implements TlsHandshake {
        private final RelaySide side;
        private final Member member;
        private final BackendTls secured;

        SecuredSide(RelaySide side, Member member, BackendTls secured) {
            this.side = side;
            this.member = member;
            this.secured = secured;
        }

        @Override
        protected void initChannel(Channel channel) {
            ProxyProtocol header = announced();
            if (header != null) {
                channel.pipeline().addLast(new ProxyAnnouncement(header, addresses));
            }
            channel.pipeline().addLast(TcpListener.RELAY, side);
            secured.begin(channel, TcpListener.RELAY, member.backend(), tls, this);
        }

        @Override
        public void succeeded(SSLEngine engine) {
            if (isDialing(side)) {
                established(side, member);
            }
        }

        @Override
        public void failed(Throwable cause) {
            unreachable(side, member, BackendSignal.CONNECT_FAILED);
        }
    }
}
