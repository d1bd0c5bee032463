package io.mooring.l4;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * Whether a port may be opened that another process has open.
 *
 * <p>The sockets of native epoll share their port with one another, and so would with those of a second gateway, half
 * of whose clients would silently be the first one's. So unless that is wished, it is tried first whether the port can
 * be had alone. A UDP listener finds out by its first socket.
 */
public enum PortSharing {
    /** No: that is an error, as it is for most programs. */
    NEVER,
    /** Yes, with a process of the same user: as while one gateway takes over from another. */
    BETWEEN_PROCESSES;

    /**
     * Finds out whether a TCP port may be opened.
     *
     * @throws IOException when it may not, since it is taken
     */
    public void requireTcp(InetSocketAddress address) throws IOException {
        if (this == NEVER && address.getPort() != 0) {
            try (SocketChannel socket = SocketChannel.open()) {
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                socket.bind(address);
            }
        }
    }
}
