package io.mooring.l4;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/**
 * Where a client connected from, and to: of its socket, or as the proxy before us says.
 *
 * @param client the client's address and port
 * @param local the address and port that it connected to
 */
record ClientAddresses(InetSocketAddress client, InetSocketAddress local) {

    /** Those of the socket. */
    static ClientAddresses of(Channel accepted) {
        return new ClientAddresses(
                (InetSocketAddress) accepted.remoteAddress(), (InetSocketAddress) accepted.localAddress());
    }
}
