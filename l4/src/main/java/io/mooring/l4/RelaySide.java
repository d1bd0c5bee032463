package io.mooring.l4;

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
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a {@link TcpConnection}: what it receives is written to the other.
 *
 * <p>Reads are written at once and flushed when the read is complete. When the other socket has more than its high
 * water mark unsent, reading stops until it has sent down to the low one. When the peer ends its output, the other
 * socket's output ends behind what is still unsent; a socket whose input and output have both ended is closed.
 *
 * <p>Confined to the event loop of the connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails comes back as exceptionCaught
final class RelaySide extends ChannelInboundHandlerAdapter {

    private final TcpConnection connection;
    private @Nullable DuplexChannel channel;
    private @Nullable RelaySide other;
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
        one.resume();
        two.resume();
    }

    /** Whether there is a socket; not if there was none to be had. */
    boolean hasChannel() {
        return channel != null;
    }

    /** A figure that changes whenever the socket takes more of what is to be sent. */
    long sendingProgress() {
        ChannelOutboundBuffer unsent = channel == null ? null : channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.currentProgress() - unsent.totalPendingWriteBytes();
    }

    /** Closes the socket so that its peer sees a reset, not an orderly end. */
    void cut() {
        closed = true;
        if (channel != null && channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            // Not through the pipeline, where TLS would tell the peer that this was all.
            channel.unsafe().close(channel.newPromise());
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
            data.release();
            connection.failed(new IllegalStateException("bytes from a socket that is not relayed"));
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
