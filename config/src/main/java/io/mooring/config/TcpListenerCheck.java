package io.mooring.config;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges what only a listener for TCP has. */
final class TcpListenerCheck {

    /** What a UDP listener has no use for. */
    private static final List<String> KEYS = List.of(
            "connect-timeout",
            "max-connections",
            "max-connection-rate",
            "backlog",
            "first-byte-timeout",
            "proxy-protocol",
            "keep-alive");

    private static final Duration MIN_IDLE = Duration.ofSeconds(10);

    private final PropertyTree tree;
    private final Findings findings;

    TcpListenerCheck(PropertyTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
    }

    /** Judges a listener for TCP. */
    void check(ConfigurationPropertyName at, ListenerProperties listener) {
        Duration idle = listener.idleTimeout();
        if (idle != null && idle.compareTo(MIN_IDLE) < 0) {
            findings.violation(
                    at.append("idle-timeout"),
                    "a duration, 10s-3600s with protocol tcp",
                    "Give a duration in this range with its unit, such as 45s, 15m or 1h.");
        }
        checkWithoutEffect(at.append("max-flows"), "tcp", "udp");
        checkWithoutEffect(at.append("responses"), "tcp", "udp");
        ProxyProtocolProperties proxied = listener.proxyProtocol();
        if (proxied != null) {
            checkProxies(at.append("proxy-protocol.from"), proxied.from());
        }
    }

    /** Judges a listener for UDP. */
    void checkAbsent(ConfigurationPropertyName at) {
        KEYS.forEach(key -> checkWithoutEffect(at.append(key), "udp", "tcp"));
    }

    private void checkProxies(ConfigurationPropertyName from, List<String> addresses) {
        if (addresses.isEmpty()) {
            findings.violation(
                    from,
                    "the address of one proxy or more",
                    "Name the proxies, or remove proxy-protocol: from nobody would a connection be taken.");
        }
        for (String address : addresses) {
            if (AddressRangeText.parse(address).isEmpty()) {
                findings.violation(
                        from,
                        address.isEmpty() ? "empty" : address,
                        "IP addresses, or ranges such as 10.0.0.0/8 or 2001:db8::/32",
                        "Give the addresses that the proxies connect from.");
            }
        }
    }

    private void checkWithoutEffect(ConfigurationPropertyName property, String protocol, String belongsTo) {
        if (tree.contains(property)) {
            findings.violation(
                    property,
                    "nothing, since it has no effect with protocol " + protocol,
                    "Remove it; it is for " + belongsTo + " listeners.");
        }
    }
}
