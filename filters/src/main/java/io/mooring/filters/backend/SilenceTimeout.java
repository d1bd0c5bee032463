package io.mooring.filters.backend;

import io.mooring.balancer.time.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends an exchange whose backend falls silent, before the head of its response or in the body: somebody asked to read
 * on, and for the time given nothing came, nor was anything sent. While nobody asks, because the client is slow, the
 * time does not run.
 *
 * <p>Belongs to one connection and is used on its event loop. There is at most one timer, which is set again only
 * when it fires, or for a request that has less time than the one before: a response that is over before then costs
 * none.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write that fails is told to whoever wrote, and of a close nobody has to know
final class SilenceTimeout extends ChannelDuplexHandler {

    private static final long OFF = 0;

    private final Ticker ticker;
    private @Nullable ChannelHandlerContext place;
    private boolean interim;
    private boolean waiting;
    private @Nullable ScheduledFuture<?> timer;
    private long limitNanos = OFF;
    private long waitingSince;

    SilenceTimeout(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Watches the connection until the response to the next request is over; without this one it does nothing. */
    static void watch(Channel channel, Duration limit) {
        SilenceTimeout timeout = channel.pipeline().get(SilenceTimeout.class);
        if (timeout != null) {
            if (channel.eventLoop().inEventLoop()) {
                timeout.begin(limit);
            } else {
                channel.eventLoop().execute(() -> timeout.begin(limit));
            }
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        place = ctx;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ScheduledFuture<?> set = timer;
        if (set != null) {
            timer = null;
            set.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (!waiting) {
            waiting = true;
            waitingSince = ticker.nanos();
        }
        ctx.read();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        waitingSince = ticker.nanos();
        ctx.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        waiting = false;
        if (message instanceof HttpResponse response) {
            interim = response.status().equals(HttpResponseStatus.CONTINUE);
        }
        if (message instanceof LastHttpContent && !interim) {
            limitNanos = OFF;
        }
        ctx.fireChannelRead(message);
    }

    private void begin(Duration limit) {
        if (place != null) {
            limitNanos = limit.toNanos();
            waitingSince = ticker.nanos();
            ScheduledFuture<?> set = timer;
            if (set != null && set.getDelay(TimeUnit.NANOSECONDS) > limitNanos) {
                // That of an earlier request, which had longer.
                timer = null;
                set.cancel(false);
            }
            if (timer == null) {
                check(place);
            }
        }
    }

    private void check(ChannelHandlerContext ctx) {
        if (limitNanos == OFF || !ctx.channel().isActive()) {
            timer = null;
            return;
        }
        long left = waiting ? limitNanos - (ticker.nanos() - waitingSince) : limitNanos;
        if (left > 0) {
            timer = ctx.executor().schedule(() -> check(ctx), left, TimeUnit.NANOSECONDS);
            return;
        }
        timer = null;
        limitNanos = OFF;
        ctx.fireExceptionCaught(ReadTimeoutException.INSTANCE);
        ctx.close();
    }
}
