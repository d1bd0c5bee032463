package io.mooring.config;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges how an upstream's members are found. */
final class DiscoveryCheck {

    /** What can be shown in a line of a log. */
    private static final Pattern PLAIN = Pattern.compile("[\\x21-\\x7e]{1,253}");

    private final PropertyTree tree;
    private final Findings findings;

    DiscoveryCheck(PropertyTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
    }

    void check(DeclaredUpstream upstream) {
        ConfigurationPropertyName discovery = upstream.at().append("discovery");
        ConfigurationPropertyName dns = upstream.at().append("dns");
        checkRegistry(discovery, upstream.value().discovery());
        checkDns(dns, upstream.value().dns());
        if (tree.contains(discovery) && tree.contains(dns)) {
            findings.violation(
                    dns,
                    "nothing, since discovery says where members are found",
                    "Remove one of the two, or declare an upstream for each.");
        }
    }

    private void checkRegistry(ConfigurationPropertyName at, @Nullable DiscoveryProperties registry) {
        if (!tree.contains(at) || findings.violated(at)) {
            return;
        }
        String expected = "1-253 characters without spaces";
        ConfigurationPropertyName service = at.append("service-id");
        if (registry == null || !isPlain(registry.serviceId())) {
            findings.violation(service, expected, "Give the service's name in the registry.");
        }
        if (registry != null && registry.weightMetadata() != null && !isPlain(registry.weightMetadata())) {
            findings.violation(at.append("weight-metadata"), expected, "Give the key, or remove this one.");
        }
    }

    private void checkDns(ConfigurationPropertyName at, @Nullable DnsProperties dns) {
        if (!tree.contains(at) || findings.violated(at)) {
            return;
        }
        String host = dns == null ? null : dns.name();
        if (host == null || !HostPort.isHost(host) || HostPort.isIpLiteral(host) || host.indexOf(':') >= 0) {
            findings.violation(
                    at.append("name"), "a host name", "Give the name in full; an address is a backend of its own.");
        }
        ConfigurationPropertyName port = at.append("port");
        if ((dns == null || dns.port() == null) && !findings.violated(port)) {
            findings.violation(port, "a whole number, 1-65535", "Give the port of the members.");
        }
        List<String> servers = dns == null ? List.of() : dns.servers();
        for (int i = 0; i < servers.size(); i++) {
            if (NameServerAddress.parse(servers.get(i)).isEmpty()) {
                findings.violation(
                        at.append("servers").append("[" + i + "]"),
                        servers.get(i),
                        "an IP address, or one with a port",
                        "Name servers cannot be given by name: write 10.0.0.2 or 10.0.0.2:53.");
            }
        }
    }

    private static boolean isPlain(@Nullable String text) {
        return text != null && PLAIN.matcher(text).matches();
    }
}
