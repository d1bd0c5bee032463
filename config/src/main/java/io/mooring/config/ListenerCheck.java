package io.mooring.config;

import io.mooring.balancer.session.Layer;
import io.mooring.balancer.topology.ListenerSpec;
import java.util.Locale;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges the TCP and UDP listeners. */
final class ListenerCheck {

    private final PropertyTree tree;
    private final Findings findings;
    private final PolicyCheck policies;
    private final BoundConfiguration configuration;
    private final TcpListenerCheck tcp;

    ListenerCheck(PropertyTree tree, Findings findings, PolicyCheck policies, BoundConfiguration configuration) {
        this.tree = tree;
        this.findings = findings;
        this.policies = policies;
        this.configuration = configuration;
        this.tcp = new TcpListenerCheck(tree, findings);
    }

    void check(Entry<ListenerProperties> entry) {
        ConfigurationPropertyName at = entry.at();
        ListenerProperties listener = entry.value();
        UpstreamCheck.checkPlainName(findings, at, entry.key());
        checkProtocol(at, listener);
        if (!HostPort.isHost(listener.address())) {
            findings.violation(
                    at.append("address"),
                    "an IP address or host name of this machine, without a port",
                    "Give the local address to bind, or remove it to bind all.");
        }
        if (listener.port() == null) {
            findings.violation(at.append("port"), "a whole number, 0-65535", "Give the port to open.");
        }
        checkUpstream(entry);
    }

    private void checkProtocol(ConfigurationPropertyName at, ListenerProperties listener) {
        ListenerSpec.Protocol protocol = listener.protocol();
        if (protocol == null) {
            ConfigurationPropertyName property = at.append("protocol");
            findings.betterViolation(property, "tcp or udp", instead(tree.text(property)));
            return;
        }
        switch (protocol) {
            case TCP -> tcp.check(at, listener);
            case UDP -> tcp.checkAbsent(at);
        }
    }

    /** What to do where another protocol is asked for. */
    private static String instead(String protocol) {
        return switch (protocol.toLowerCase(Locale.ROOT)) {
            case "http" -> "Remove the listener: HTTP is served on server.port, and routes lead it to upstreams.";
            case "https" ->
                "Remove the listener: HTTPS is served on server.port once server.ssl.bundle names a certificate.";
            case "tls" -> "TLS listeners are not available yet: use tcp, which passes TLS through to the backends.";
            default -> "Say what is spoken there.";
        };
    }

    private void checkUpstream(Entry<ListenerProperties> listener) {
        String upstream = listener.value().upstream();
        if (upstream == null || configuration.upstream(upstream).isEmpty()) {
            findings.violation(
                    listener.at().append("upstream"),
                    configuration.upstreamNames(),
                    "Name an upstream that is declared under mooring.upstreams.");
        }
        policies.check(configuration.listenerPolicy(listener), Layer.L4);
    }
}
