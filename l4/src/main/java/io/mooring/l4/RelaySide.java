package io.mooring.l4;

import io.mooring.balancer.upstream.ProxyProtocol;
import io.mooring.l4.tls.TlsStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a {@link TcpConnection}: what it receives is written to the other.
 *
 * <p>Reads are written at once and flushed when the read is complete. When the other socket has more than its high
 * water mark unsent, reading stops until it has sent down to the low one. When the peer ends its output, the other
 * socket's output ends behind what is still unsent; a socket whose input and output have both ended is closed. What is
 * received before there is another socket is held, and no more of it is read: that befalls a client which is read in
 * order to learn who it is or which server it asks for, or to end its TLS.
 *
 * <p>Confined to the event loop of the connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails comes back as exceptionCaught
final class RelaySide extends ChannelInboundHandlerAdapter {

    private final TcpConnection connection;
    private @Nullable DuplexChannel channel;
    private @Nullable RelaySide other;
    /** What came before there was another side. */
    private @Nullable Queue<ByteBuf> early;

    private int burst;
    private boolean paused;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean closed;

    RelaySide(TcpConnection connection) {
        this.connection = connection;
    }

    /** Begins to relay between two sockets that are connected. */
    static void join(RelaySide one, RelaySide two) {
        one.other = two;
        two.other = one;
        one.begin();
        two.begin();
    }

    /** Closes a socket so that its peer sees a reset, not an orderly end. */
    static void reset(Channel socket) {
        if (socket.isOpen()) {
            socket.config().setOption(ChannelOption.SO_LINGER, 0);
            // Not through the pipeline, where TLS would tell the peer that this was all.
            socket.unsafe().close(socket.newPromise());
        }
    }

    /** Whether there is a socket; not if there was none to be had. */
    boolean hasChannel() {
        return channel != null;
    }

    /** Whether the peer has said all it has to say. */
    boolean hasEnded() {
        return inputEnded;
    }

    /** Tells the peer, before all else, who the client is. */
    void announce(ProxyProtocol version, ClientAddresses addresses) {
        if (channel != null) {
            ProxyHeader.write(channel, version, addresses);
        }
    }

    /** A figure that changes whenever the socket takes more of what is to be sent. */
    long sendingProgress() {
        ChannelOutboundBuffer unsent = channel == null ? null : channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.currentProgress() - unsent.totalPendingWriteBytes();
    }

    /** Closes the socket so that its peer sees a reset, not an orderly end. */
    void cut() {
        closed = true;
        if (channel != null) {
            reset(channel);
        }
        if (early != null) {
            early.forEach(ByteBuf::release);
            early = null;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = (DuplexChannel) ctx.channel();
        paused = !channel.config().isAutoRead();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf data = (ByteBuf) msg;
        if (other == null || other.channel == null) {
            hold(data);
            return;
        }
        burst += data.readableBytes();
        Channel sink = other.channel;
        sink.write(data, sink.voidPromise());
        if (!sink.isWritable()) {
            sink.flush();
            if (!sink.isWritable()) {
                pause();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (burst > 0 && other != null && other.channel != null) {
            connection.received(this, burst);
            burst = 0;
            other.channel.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (other != null && ctx.channel().isWritable()) {
            other.resume();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
            inputEnded = true;
            if (other != null) {
                other.endOutput();
            }
            closeIfEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!closed) {
            closed = true;
            connection.aborted(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof PausableReads.Paused) {
            if (!closed && hasError()) {
                connection.aborted(this);
            }
        } else if (cause instanceof IOException) {
            if (!closed) {
                connection.aborted(this);
            }
        } else {
            connection.failed(cause);
        }
    }

    /** Relays what came early, and then what comes. */
    private void begin() {
        Queue<ByteBuf> held = early;
        early = null;
        ChannelHandlerContext context =
                channel == null ? null : channel.pipeline().context(this);
        if (held != null && context != null) {
            held.forEach(data -> channelRead(context, data));
            channelReadComplete(context);
        }
        if (inputEnded && other != null) {
            other.endOutput();
        }
        if (other != null && other.channel != null && other.channel.isWritable()) {
            resume();
        }
    }

    /** Keeps what came before there is another side; no more is read until then. */
    private void hold(ByteBuf data) {
        if (closed) {
            data.release();
            return;
        }
        if (early == null) {
            early = new ArrayDeque<>(1);
        }
        early.add(data);
        pause();
    }

    private void pause() {
        if (!paused && channel != null) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    private void resume() {
        if (!paused || channel == null || closed) {
            return;
        }
        paused = false;
        channel.config().setAutoRead(true);
    }

    /** Ends the output behind what is still unsent. */
    private void endOutput() {
        DuplexChannel sink = channel;
        if (sink != null) {
            TlsStream.sendLast(sink).addListener(sent -> {
                if (sent.isSuccess() && !closed) {
                    sink.shutdownOutput();
                    outputEnded = true;
                    closeIfEnded();
                }
            });
        }
    }

    private void closeIfEnded() {
        if (inputEnded && outputEnded && !closed && channel != null) {
            closed = true;
            channel.close();
            connection.sideCompleted();
        }
    }

    /** Whether the peer has reset what we do not read; if not, it has only finished, which can wait. */
    private boolean hasError() {
        try {
            return channel instanceof UnixChannel unix
                    && unix.fd() instanceof Socket socket
                    && socket.getSoError() != 0;
        } catch (IOException e) {
            return true;
        }
    }
}
