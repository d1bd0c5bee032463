package io.mooring.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** A name server as the configuration writes it: an IP address, or one with a port. */
final class NameServerAddress {

    private static final int DNS_PORT = 53;

    private NameServerAddress() {}

    /** The address that a text is, empty if it is none. Resolves nothing. */
    static Optional<InetSocketAddress> parse(String text) {
        if (HostPort.isIpLiteral(text)) {
            return Optional.of(new InetSocketAddress(literal(text), DNS_PORT));
        }
        return HostPort.parse(text)
                .filter(address -> HostPort.isIpLiteral(address.host()))
                .map(address -> new InetSocketAddress(literal(address.host()), address.port()));
    }

    private static InetAddress literal(String text) {
        try {
            // In brackets an IPv6 address is taken for a literal; an IPv4 one is literal as it stands.
            return InetAddress.getByName(text.indexOf(':') < 0 ? text : "[" + text + "]");
        } catch (UnknownHostException e) {
            throw new IllegalStateException("it is a literal", e);
        }
    }
}
