package io.mooring.l4;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/**
 * An epoll handler whose sockets stay registered while nothing is asked of them.
 *
 * <p>Netty 4.2.18, as later ones up to 4.2.20, takes a socket out of the epoll set when no event is asked for any more, so that a hang-up is
 * not reported for ever, but then believes it is still there: asking again fails with {@code ENOENT}. That befalls every
 * socket whose peer has finished sending, once its input is read or paused, and the next write that blocks ends the
 * connection. Here such a socket is left in the set with nothing but edge triggering, under which a hang-up is reported
 * once.
 */
final class RearmingIoHandler implements IoHandler {

    private final IoHandler epoll;

    private RearmingIoHandler(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory around(IoHandlerFactory epoll) {
        return executor -> new RearmingIoHandler(epoll.newHandler(executor));
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Rearming(epoll.register(handle));
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

    private static final class Rearming implements IoRegistration {

        private final IoRegistration registration;
        private boolean added;

        Rearming(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        public long submit(IoOps ops) {
            if (!EpollIoOps.NONE.equals(ops)) {
                added = true;
                return registration.submit(ops);
            }
            return registration.submit(added ? EpollIoOps.EPOLLET : ops);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as the interface has it
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
