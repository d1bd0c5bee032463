package io.mooring.l4;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An epoll handler that asks the kernel for less than Netty does, and asks for it in a way that can be taken back.
 *
 * <p>A channel that reads on demand, as all of Reactor Netty's do, takes its interest in reading back after each
 * message and renews it for the next: two system calls a message on each side of the gateway. Here the interest is
 * taken back only when something does arrive that nobody asked for. Epoll is level-triggered, so what
 * arrived before the interest was renewed is reported after.
 *
 * <p>Netty 4.2.18, as later ones up to 4.2.20, takes a socket out of the epoll set when no event is asked for any more,
 * so that a hang-up is not reported for ever, but then believes it is still there: asking again fails with {@code
 * ENOENT}. That befalls every socket whose peer has finished sending, once its input is read or paused, and the next
 * write that blocks ends the connection. Here such a socket is left in the set with nothing but edge triggering, under
 * which a hang-up is reported once.
 */
final class FrugalEpollHandler implements IoHandler {

    private final IoHandler epoll;

    private FrugalEpollHandler(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory around(IoHandlerFactory epoll) {
        return executor -> new FrugalEpollHandler(epoll.newHandler(executor));
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        Interest interest = new Interest((EpollIoHandle) handle);
        interest.registration = epoll.register(interest);
        return interest;
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    /** What one channel wants to hear of, and what the kernel was told; between the channel and Netty's handler. */
    @SuppressWarnings("try") // closing throws what the interface allows
    private static final class Interest implements IoRegistration, EpollIoHandle {

        private final EpollIoHandle channel;
        private @Nullable IoRegistration registration;
        private EpollIoOps wanted = EpollIoOps.NONE;
        private EpollIoOps told = EpollIoOps.NONE;

        Interest(EpollIoHandle channel) {
            this.channel = channel;
        }

        @Override
        public long submit(IoOps ops) {
            wanted = (EpollIoOps) ops;
            boolean covered = !wanted.equals(EpollIoOps.NONE)
                    && told.contains(EpollIoOps.EPOLLIN)
                    && told.equals(wanted.with(EpollIoOps.EPOLLIN));
            return covered ? wanted.value() : tell();
        }

        /** Netty takes a socket out of the set for nothing at all; one that was never in it may stay out. */
        private long tell() {
            boolean taken = wanted.equals(EpollIoOps.NONE) && !told.equals(EpollIoOps.NONE);
            told = taken ? EpollIoOps.EPOLLET : wanted;
            return netty().submit(told);
        }

        @Override
        public void handle(IoRegistration ignored, IoEvent event) {
            EpollIoOps occurred = ((EpollIoEvent) event).ops();
            if (!occurred.contains(EpollIoOps.EPOLLIN) || wanted.contains(EpollIoOps.EPOLLIN)) {
                channel.handle(this, event);
                return;
            }
            tell();
            EpollIoOps rest = occurred.without(EpollIoOps.EPOLLIN);
            if (!rest.equals(EpollIoOps.NONE)) {
                EpollIoEvent known = () -> rest;
                channel.handle(this, known);
            }
        }

        private IoRegistration netty() {
            return Objects.requireNonNull(registration, "submitted to before it was registered");
        }

        @Override
        public FileDescriptor fd() {
            return channel.fd();
        }

        @Override
        public void registered() {
            channel.registered();
        }

        @Override
        public void unregistered() {
            channel.unregistered();
        }

        @Override
        public void close() throws Exception {
            channel.close();
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as the interface has it
        public <T> T attachment() {
            return netty().attachment();
        }

        @Override
        public boolean isValid() {
            return netty().isValid();
        }

        @Override
        public boolean cancel() {
            return netty().cancel();
        }
    }
}
