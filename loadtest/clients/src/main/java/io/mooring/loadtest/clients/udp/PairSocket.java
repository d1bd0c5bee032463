package io.mooring.loadtest.clients.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connected socket: it keeps a window of datagrams under way until the end, and then waits for the last replies.
 *
 * <p>Replies need not tell which datagram they answer, so each answers the oldest. One that comes after its datagram
 * was given up for lost is counted for another that is under way, and ignored if none is.
 */
final class PairSocket extends SimpleChannelInboundHandler<DatagramPacket> {

    /** A datagram without a reply after this time is lost. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration SWEEP = Duration.ofMillis(100);

    private final PairTally tally;
    private final int size;
    private final long endNanos;
    /** When those under way were sent, the oldest at {@code oldest}, in a ring. */
    private final long[] sentNanos;

    private int oldest;
    private int underWay;
    private long sequence;
    private @Nullable ByteBuf firstReply;
    private @Nullable Future<?> sweep;

    PairSocket(UdpOptions options, PairTally tally, long endNanos) {
        this.tally = tally;
        this.endNanos = endNanos;
        size = options.size();
        sentNanos = new long[options.window()];
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        sweep = context.executor()
                .scheduleAtFixedRate(() -> giveUpLost(context), SWEEP.toNanos(), SWEEP.toNanos(), TimeUnit.NANOSECONDS);
        proceed(context);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        if (underWay == 0) {
            return;
        }
        retireOldest();
        tally.paired();
        if (firstReply == null) {
            firstReply = Unpooled.copiedBuffer(packet.content());
        } else if (!firstReply.equals(packet.content())) {
            tally.changed();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        proceed(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        tally.failed(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (sweep != null) {
            sweep.cancel(false);
        }
    }

    private void giveUpLost(ChannelHandlerContext context) {
        long now = System.nanoTime();
        while (underWay > 0 && now - sentNanos[oldest] >= PATIENCE.toNanos()) {
            retireOldest();
            tally.lost();
        }
        proceed(context);
    }

    private void retireOldest() {
        oldest = (oldest + 1) % sentNanos.length;
        underWay--;
    }

    private void proceed(ChannelHandlerContext context) {
        long now = System.nanoTime();
        if (now - endNanos < 0) {
            fillWindow(context, now);
        } else if (underWay == 0) {
            context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    private void fillWindow(ChannelHandlerContext context, long now) {
        if (underWay == sentNanos.length) {
            return;
        }
        while (underWay < sentNanos.length) {
            sentNanos[(oldest + underWay) % sentNanos.length] = now;
            underWay++;
            context.write(datagram(context)).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
        context.flush();
    }

    private ByteBuf datagram(ChannelHandlerContext context) {
        return context.alloc().directBuffer(size, size).writeLong(sequence++).writeZero(size - Long.BYTES);
    }
}
