package io.mooring.config;

import io.mooring.balancer.topology.AddressRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** An address range as the configuration writes it: an IP address, or one with a prefix as in {@code 10.0.0.0/8}. */
final class AddressRangeText {

    private AddressRangeText() {}

    /** The range that a text is, empty if it is none. Resolves nothing. */
    static Optional<AddressRange> parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!HostPort.isIpLiteral(address)) {
            return Optional.empty();
        }
        try {
            // In brackets an IPv6 address is taken for a literal; an IPv4 one is literal as it stands.
            InetAddress network = InetAddress.getByName(address.indexOf(':') < 0 ? address : "[" + address + "]");
            int bits = network.getAddress().length * Byte.SIZE;
            if (slash < 0) {
                return Optional.of(new AddressRange(network, bits));
            }
            String prefix = text.substring(slash + 1);
            return prefix.matches("[0-9]{1,3}") && Integer.parseInt(prefix) <= bits
                    ? Optional.of(new AddressRange(network, Integer.parseInt(prefix)))
                    : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
