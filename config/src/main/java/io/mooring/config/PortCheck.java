package io.mooring.config;

import io.mooring.balancer.topology.ListenerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Finds ports that two would open. */
final class PortCheck {

    private static final Set<String> ANY_ADDRESS = Set.of("", "0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private final Findings findings;
    private final List<Endpoint> opened = new ArrayList<>();

    PortCheck(Findings findings) {
        this.findings = findings;
    }

    void check(BoundConfiguration configuration) {
        PortProperties.Server server = configuration.server();
        open(false, server.address(), server.port(), PortProperties.SERVER);
        PortProperties.Management management = configuration.management();
        if (management.port() != null) {
            manage(management.port());
            open(false, management.address(), management.port(), PortProperties.MANAGEMENT);
        }
        for (Entry<ListenerProperties> listener : configuration.listeners()) {
            ListenerProperties value = listener.value();
            if (value.port() != null && value.protocol() != null) {
                open(value.protocol() == ListenerSpec.Protocol.UDP, value.address(), value.port(), listener.at());
            }
        }
    }

    /** Routes keep off the management port, which they know by the number that is configured. */
    private void manage(int port) {
        if (port == 0) {
            findings.violation(
                    PortProperties.MANAGEMENT.append("port"),
                    "0",
                    "1-65535",
                    "Choose a port: routes would answer on one that the system chose.");
        }
    }

    private void open(boolean udp, @Nullable String address, int port, ConfigurationPropertyName at) {
        if (port <= 0) {
            return;
        }
        Endpoint endpoint = new Endpoint(
                udp, Optional.ofNullable(address).map(PortCheck::normal).orElse(""), port, at.append("port"));
        opened.stream()
                .filter(endpoint::overlaps)
                .findFirst()
                .ifPresent(other -> findings.violation(
                        endpoint.property(),
                        String.valueOf(port),
                        "another port than " + PropertyNames.display(other.property()),
                        "Give one of them another port, or addresses that differ."));
        opened.add(endpoint);
    }

    private static String normal(String address) {
        String lower = address.toLowerCase(Locale.ROOT);
        if (ANY_ADDRESS.contains(lower)) {
            return "";
        }
        return lower.equals("localhost") ? "127.0.0.1" : lower;
    }

    private record Endpoint(boolean udp, String address, int port, ConfigurationPropertyName property) {

        boolean overlaps(Endpoint other) {
            return udp == other.udp
                    && port == other.port
                    && (address.isEmpty() || other.address.isEmpty() || address.equals(other.address));
        }
    }
}
