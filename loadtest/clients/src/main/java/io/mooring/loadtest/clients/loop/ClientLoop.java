package io.mooring.loadtest.clients.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.TimeUnit;

/**
 * One epoll event loop, which leaves the other processors to what is tested.
 *
 * <p>Who opens it closes it, from another thread; that ends what still runs on it.
 */
public final class ClientLoop implements AutoCloseable {

    private static final int STOP_SECONDS = 5;

    private final MultiThreadIoEventLoopGroup group;

    private ClientLoop(MultiThreadIoEventLoopGroup group) {
        this.group = group;
    }

    /** A loop as Netty has it. */
    public static ClientLoop open() {
        check();
        return new ClientLoop(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()));
    }

    /** A loop that keeps its timers to some microseconds, at the price of {@link PunctualIoHandler}. */
    public static ClientLoop openPunctual() {
        check();
        return new ClientLoop(
                new MultiThreadIoEventLoopGroup(1, PunctualIoHandler.around(EpollIoHandler.newFactory())));
    }

    private static void check() {
        if (!Epoll.isAvailable()) {
            throw new IllegalStateException(
                    "epoll: not available (expected: Linux on x86-64 or aarch64)", Epoll.unavailabilityCause());
        }
    }

    /** The event loop itself. */
    public EventLoop get() {
        return group.next();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
