package io.mooring.l4;

import io.mooring.balancer.upstream.ProxyProtocol;
import io.netty.channel.Channel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The header of the PROXY protocol: what it says of a client, both ways. */
final class ProxyHeader {

    private static final String MAPPED = "::ffff:";

    private ProxyHeader() {}

    /**
     * What a header says, which stays the caller's to release.
     *
     * @param own the addresses of the socket that it came on, which hold where the header names none
     */
    static ClientAddresses read(HAProxyMessage header, ClientAddresses own) {
        boolean names = header.command() == HAProxyCommand.PROXY
                && (header.proxiedProtocol() == HAProxyProxiedProtocol.TCP4
                        || header.proxiedProtocol() == HAProxyProxiedProtocol.TCP6);
        return names
                ? new ClientAddresses(
                        address(header.sourceAddress(), header.sourcePort()),
                        address(header.destinationAddress(), header.destinationPort()))
                : own;
    }

    /** Sends a header as the first bytes of a connection. */
    @SuppressWarnings("FutureReturnValueIgnored") // a write that fails comes back as exceptionCaught
    static void write(Channel toBackend, ProxyProtocol version, ClientAddresses addresses) {
        toBackend.pipeline().addFirst(HAProxyMessageEncoder.INSTANCE);
        toBackend.writeAndFlush(message(version, addresses), toBackend.voidPromise());
        toBackend.pipeline().remove(HAProxyMessageEncoder.INSTANCE);
    }

    /** A header that says who the client is. */
    static HAProxyMessage message(ProxyProtocol version, ClientAddresses addresses) {
        InetAddress client = addresses.client().getAddress();
        InetAddress local = addresses.local().getAddress();
        boolean ipv4 = client instanceof Inet4Address && local instanceof Inet4Address;
        return new HAProxyMessage(
                switch (version) {
                    case V1 -> HAProxyProtocolVersion.V1;
                    case V2 -> HAProxyProtocolVersion.V2;
                },
                HAProxyCommand.PROXY,
                ipv4 ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
                text(client, ipv4),
                text(local, ipv4),
                addresses.client().getPort(),
                addresses.local().getPort());
    }

    /** A header has room for one family: an IPv4 address beside an IPv6 one is written as one of that. */
    private static String text(InetAddress address, boolean ipv4) {
        if (address instanceof Inet4Address) {
            return ipv4 ? address.getHostAddress() : MAPPED + address.getHostAddress();
        }
        return NetUtil.toAddressString(address);
    }

    private static InetSocketAddress address(@Nullable String text, int port) {
        InetAddress address = text == null ? null : NetUtil.createInetAddressFromIpAddressString(text);
        if (address == null) {
            throw new IllegalArgumentException("address: " + text + " (expected: an IP address)");
        }
        return new InetSocketAddress(address, port);
    }
}
