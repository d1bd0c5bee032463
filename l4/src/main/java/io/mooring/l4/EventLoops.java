package io.mooring.l4;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/**
 * The event loops that relays live on: one group for servers and clients alike, so that the two sockets of a
 * connection share a loop. HTTP may share them too. Native epoll is used where it is there, the JDK's selectors
 * elsewhere; there is no group of the other kind beside it.
 *
 * <p>They differ from Reactor Netty's own in {@linkplain FrugalEpollHandler what the kernel is told}: reading on demand
 * costs no system calls of its own, and a half-closed connection is not lost when a write blocks.
 *
 * <p>Safe for concurrent use. The owner disposes of them after all that runs on them.
 */
public final class EventLoops implements LoopResources {

    private final EventLoopGroup group;
    private final EventLoopGroup colocated;
    private final boolean epoll;

    /**
     * Starts no thread yet; each starts with its first work.
     *
     * @param prefix what the threads' names begin with
     * @param workers how many loops
     * @param preferNative whether to use native epoll if it is there
     */
    public EventLoops(String prefix, int workers, boolean preferNative) {
        this.epoll = preferNative && Epoll.isAvailable();
        IoHandlerFactory handlers =
                epoll ? FrugalEpollHandler.around(EpollIoHandler.newFactory()) : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(workers, threads(prefix), handlers);
        this.colocated = LoopResources.colocate(group);
    }

    /** Whether sockets are those of native epoll; if not, they are the JDK's. */
    public boolean isNative() {
        return epoll;
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return group;
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return colocated;
    }

    @Override
    public boolean daemon() {
        return true;
    }

    @Override
    public boolean isDisposed() {
        return group.isShuttingDown();
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.create(
                sink -> group.shutdownGracefully(quietPeriod.toMillis(), timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .addListener(terminated -> sink.success()));
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new LoopThread(task, prefix + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Marked, so that Reactor refuses to block on it. */
    private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {
        LoopThread(Runnable task, String name) {
            super(task, name);
        }
    }
}
