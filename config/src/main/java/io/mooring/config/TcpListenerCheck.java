package io.mooring.config;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges what a listener has for TCP, with or without TLS. */
final class TcpListenerCheck {

    /** What a UDP listener has no use for. */
    private static final List<String> KEYS = List.of(
            "connect-timeout",
            "max-connections",
            "max-connection-rate",
            "backlog",
            "first-byte-timeout",
            "proxy-protocol",
            "keep-alive",
            "sni",
            "sni-timeout");

    private static final Duration MIN_IDLE = Duration.ofSeconds(10);

    private final Findings findings;

    TcpListenerCheck(Findings findings) {
        this.findings = findings;
    }

    /** Judges a listener for TCP or TLS. */
    void check(ConfigurationPropertyName at, ListenerProperties listener, Protocol protocol) {
        Duration idle = listener.idleTimeout();
        if (idle != null && idle.compareTo(MIN_IDLE) < 0) {
            findings.violation(
                    at.append("idle-timeout"),
                    "a duration, 10s-3600s with protocol " + protocol.key(),
                    "Give a duration in this range with its unit, such as 45s, 15m or 1h.");
        }
        checkAbsent(at.append("max-flows"), protocol, "udp");
        checkAbsent(at.append("responses"), protocol, "udp");
        ProxyProtocolProperties proxied = listener.proxyProtocol();
        if (proxied != null) {
            checkProxies(at.append("proxy-protocol.from"), proxied.from());
        }
    }

    /** Judges a listener for UDP. */
    void checkAbsent(ConfigurationPropertyName at) {
        KEYS.forEach(key -> checkAbsent(at.append(key), Protocol.UDP, "tcp and tls"));
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

    /** Judges a key that a protocol has no use for. */
    void checkAbsent(ConfigurationPropertyName property, Protocol protocol, String belongsTo) {
        findings.misplaced(
                property,
                "it has no effect with protocol " + protocol.key(),
                "Remove it; it is for " + belongsTo + " listeners.");
    }
}
