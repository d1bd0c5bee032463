package io.mooring.config;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges where a listener leads clients by server name. */
final class ServerNameCheck {

    private static final String WILDCARD = "*.";

    private final Findings findings;
    private final BoundConfiguration configuration;

    ServerNameCheck(Findings findings, BoundConfiguration configuration) {
        this.findings = findings;
        this.configuration = configuration;
    }

    void check(ConfigurationPropertyName at, Map<String, String> sni) {
        Set<String> seen = new HashSet<>();
        sni.forEach((name, upstream) -> {
            ConfigurationPropertyName property = at.append("sni").append("[" + name + "]");
            if (!isServerName(name)) {
                findings.violation(
                        property,
                        name,
                        "a host name, or \"*.\" and a host name for all below it",
                        "Write the name in brackets, such as \"[db.example.org]\" or \"[*.example.org]\".");
            } else if (!seen.add(normal(name))) {
                findings.violation(property, name, "a name that stands there once", "Remove one of them.");
            } else if (configuration.upstream(upstream).isEmpty()) {
                findings.violation(
                        property,
                        upstream,
                        configuration.upstreamNames(),
                        "Name an upstream that is declared under mooring.upstreams.");
            }
        });
    }

    /** A name as clients' are compared with it. */
    static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static boolean isServerName(String name) {
        String host = name.startsWith(WILDCARD) ? name.substring(WILDCARD.length()) : name;
        return host.indexOf(':') < 0
                && HostPort.isHost(host)
                && !host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }
}
