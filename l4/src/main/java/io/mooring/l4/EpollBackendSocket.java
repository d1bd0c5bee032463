package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One that hangs on an event loop's epoll without a channel of Netty's: there may be a hundred thousand, each for no
 * more than a question and its answer, and a channel with its pipeline, its outbound buffer and its promises is most of
 * what such a flow costs in time and memory.
 */
final class EpollBackendSocket implements BackendSocket, EpollIoHandle {

    /** As Linux numbers it on all processors that there are native sockets for. */
    private static final int EAFNOSUPPORT = -97;

    private final LinuxSocket socket;
    private final ByteBuf answer;
    private final Owner owner;
    private final DatagramOutput output;
    private final Burst burst = new Burst();
    private @Nullable IoRegistration registration;
    private boolean closed;

    private EpollBackendSocket(LinuxSocket socket, ByteBuf answer, Owner owner) {
        this.socket = socket;
        this.answer = answer;
        this.owner = owner;
        this.output = new NativeOutput(socket, owner);
    }

    /**
     * Connects one, and tells its owner before this returns.
     *
     * @param answer what is received in; it has room for the largest datagram, and others may use it in between
     */
    static void connect(IoEventLoop loop, InetSocketAddress address, ByteBuf answer, Owner owner) {
        LinuxSocket socket;
        try {
            socket = LinuxSocket.newSocketDgram(address.getAddress() instanceof Inet6Address);
        } catch (ChannelException e) {
            if (isUnknownFamily(e.getCause())) {
                owner.unreachable();
            } else {
                owner.failed(e);
            }
            return;
        }
        EpollBackendSocket opened = new EpollBackendSocket(socket, answer, owner);
        owner.opened(opened);
        opened.connect(loop, address);
    }

    private void connect(IoEventLoop loop, InetSocketAddress address) {
        try {
            socket.connect(address);
        } catch (IOException e) {
            if (hasPort()) {
                owner.unreachable();
            } else {
                owner.failed(e);
            }
            return;
        }
        Future<IoRegistration> registered = loop.register(this);
        if (!registered.isSuccess()) {
            owner.failed(registered.cause());
            return;
        }
        registration = registered.getNow();
        registration.submit(EpollIoOps.EPOLLIN);
        owner.connected();
    }

    @Override
    public void add(ByteBuf payload) {
        output.add(null, payload);
    }

    @Override
    public void flush() {
        output.flush();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        output.close();
        try {
            // Takes it out of epoll, too, so that there is nothing to ask the kernel for when the registration is
            // cancelled.
            socket.close();
        } catch (IOException e) {
            owner.failed(e);
        }
        if (registration != null) {
            registration.cancel();
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        burst.begin();
        try {
            receiveAll();
        } catch (Throwable e) {
            // The event loop has others to serve: it would rest for a second, or end if there is no memory.
            owner.failed(e);
        }
        burst.end();
    }

    private void receiveAll() {
        try {
            while (!closed && burst.mayGoOn() && receive()) {
                burst.read();
            }
        } catch (IOException e) {
            owner.lost(1, e);
        }
    }

    /** Receives a datagram; false if there was none. */
    private boolean receive() throws IOException {
        answer.clear();
        int bytes = socket.recvAddress(answer.memoryAddress(), 0, answer.capacity());
        if (bytes == 0) {
            return false;
        }
        if (bytes > 0) {
            owner.answered(answer.writerIndex(bytes));
        } else {
            owner.dropped(1); // an empty one
        }
        return true;
    }

    /** Whether the kernel had a port left for it; if not, its backend may well be there. */
    private boolean hasPort() {
        InetSocketAddress local = socket.localAddress();
        return local != null && local.getPort() != 0;
    }

    /** Whether this machine does not speak IPv6 at all. */
    private static boolean isUnknownFamily(@Nullable Throwable cause) {
        return cause instanceof NativeIoException e && e.expectedErr() == EAFNOSUPPORT;
    }
}
