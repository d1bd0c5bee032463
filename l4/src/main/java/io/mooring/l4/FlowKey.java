package io.mooring.l4;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourcePrefixes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A UDP client's address and port, and the address of this machine that it writes to and expects to be answered from,
 * with a hash that only this process can predict: whoever forges addresses cannot make them fall together.
 */
record FlowKey(SourceAddress client, int port, @Nullable InetAddress local, int hash) {

    private static final SourcePrefixes WHOLE = new SourcePrefixes(32, 128);

    static FlowKey of(InetSocketAddress client, @Nullable InetAddress local, long seed) {
        SourceAddress address = WHOLE.of(client.getAddress());
        long bits = (address.hash() ^ seed) + client.getPort() * 0x9e3779b97f4a7c15L;
        bits = (bits ^ (bits >>> 32)) * 0xd6e8feb86659fd93L;
        return new FlowKey(address, client.getPort(), local, (int) (bits >>> 32));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
