package io.mooring.config;

import io.mooring.balancer.session.Layer;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.util.Locale;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges the TCP, TLS and UDP listeners. */
final class ListenerCheck {

    private static final String PROTOCOLS = "tcp, tls or udp";

    private final PropertyTree tree;
    private final Findings findings;
    private final PolicyCheck policies;
    private final TlsCheck tls;
    private final ServerNameCheck names;
    private final BoundConfiguration configuration;
    private final TcpListenerCheck tcp;
    private final RescheduleCheck rescheduling;

    ListenerCheck(
            PropertyTree tree,
            Findings findings,
            PolicyCheck policies,
            TlsCheck tls,
            BoundConfiguration configuration) {
        this.tree = tree;
        this.findings = findings;
        this.policies = policies;
        this.tls = tls;
        this.names = new ServerNameCheck(findings, configuration);
        this.configuration = configuration;
        this.tcp = new TcpListenerCheck(findings);
        this.rescheduling = new RescheduleCheck(findings, configuration);
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
        rescheduling.check(at, listener);
    }

    private void checkProtocol(ConfigurationPropertyName at, ListenerProperties listener) {
        Protocol protocol = listener.protocol();
        if (protocol == null) {
            ConfigurationPropertyName property = at.append("protocol");
            findings.betterViolation(property, PROTOCOLS, instead(tree.text(property)));
            return;
        }
        switch (protocol) {
            case TCP -> {
                checkStream(at, listener, protocol);
                tcp.checkAbsent(at.append("tls"), protocol, "tls");
                if (listener.sni().isEmpty()) {
                    findings.misplaced(
                            at.append("sni-timeout"),
                            "it has no effect without sni",
                            "Remove it, or say under sni where clients are led by server name.");
                }
            }
            case TLS -> {
                checkStream(at, listener, protocol);
                tls.checkListener(at, listener.tls());
                tcp.checkAbsent(at.append("sni-timeout"), protocol, "tcp");
            }
            case UDP -> {
                tcp.checkAbsent(at);
                tcp.checkAbsent(at.append("tls"), protocol, "tls");
            }
        }
    }

    /** What to do where another protocol is asked for. */
    private static String instead(String protocol) {
        return switch (protocol.toLowerCase(Locale.ROOT)) {
            case "http" -> "Remove the listener: HTTP is served on server.port, and routes lead it to upstreams.";
            case "https" ->
                "Remove the listener: HTTPS is served on server.port once server.ssl.bundle names a certificate.";
            default -> "Say what is spoken there.";
        };
    }

    private void checkStream(ConfigurationPropertyName at, ListenerProperties listener, Protocol protocol) {
        tcp.check(at, listener, protocol);
        names.check(at, listener.sni());
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
        listener.value().sni().forEach((name, led) -> {
            // A listener's own persistence has been judged above, and without one the upstream's decides.
            if (configuration.upstream(led).isPresent() && !led.equals(upstream)) {
                policies.checkLed(
                        configuration.listenerPolicy(listener, led),
                        listener.at().append("sni").append("[" + name + "]"),
                        led);
            }
        });
    }
}
