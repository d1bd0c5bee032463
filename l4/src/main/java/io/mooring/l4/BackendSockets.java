package io.mooring.l4;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Connects the flows of one event loop to their backends.
 *
 * <p>Confined to the event loop. The owner {@linkplain #release releases} it when the flows are over.
 */
final class BackendSockets {

    private final Transport transport;
    private final EventLoop loop;
    private final DatagramBuffers buffers = new DatagramBuffers(1);
    private @Nullable ByteBuf answer;

    BackendSockets(Transport transport, EventLoop loop) {
        this.transport = transport;
        this.loop = loop;
    }

    /** Connects a socket, and tells its owner, perhaps before this returns. */
    void connect(InetSocketAddress address, BackendSocket.Owner owner) {
        if (transport.loops().isNative()) {
            EpollBackendSocket.connect((IoEventLoop) loop, address, answer(), owner);
        } else {
            Bootstrap sockets = new Bootstrap()
                    .group(loop)
                    .disableResolver()
                    .channelFactory(() -> transport.newDatagrams(address.getAddress()))
                    .option(ChannelOption.ALLOCATOR, Transport.BUFFERS)
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.DATAGRAM_WATER_MARKS);
            ChannelBackendSocket.connect(sockets, loop, address, buffers, owner);
        }
    }

    void release() {
        buffers.release();
        if (answer != null) {
            answer.release();
            answer = null;
        }
    }

    private ByteBuf answer() {
        if (answer == null) {
            answer = Transport.BUFFERS.directBuffer(DatagramBuffers.MAX_DATAGRAM);
        }
        return answer;
    }
}
