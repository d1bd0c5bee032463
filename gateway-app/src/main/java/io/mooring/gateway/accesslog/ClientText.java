package io.mooring.gateway.accesslog;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A client's address as it stands in a line. */
final class ClientText {

    private ClientText() {}

    /** {@code 192.0.2.1:1234} or {@code [2001:db8::1]:1234}; null for no address. */
    static @Nullable String of(@Nullable InetSocketAddress client) {
        if (client == null || client.getAddress() == null) {
            return null;
        }
        String address = client.getAddress().getHostAddress();
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + client.getPort();
    }
}
