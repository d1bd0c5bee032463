package io.mooring.config;

import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges the upstreams and their backends. */
final class UpstreamCheck {

    /** What goes unquoted into logs and metrics. */
    static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9._:-]+");

    private final Findings findings;
    private final PolicyCheck policies;
    private final StateCheck states;
    private final DiscoveryCheck discovery;

    UpstreamCheck(Findings findings, PolicyCheck policies, StateCheck states, DiscoveryCheck discovery) {
        this.findings = findings;
        this.policies = policies;
        this.states = states;
        this.discovery = discovery;
    }

    void check(DeclaredUpstream upstream) {
        if (!LoadBalancedUri.isName(upstream.name())) {
            findings.violation(
                    upstream.at(),
                    upstream.name(),
                    "a name that a URI's host can be: letters, digits, \"-\" and \".\", its last part beginning with a letter",
                    "Rename the upstream, also where routes and listeners name it.");
        }
        ConfigurationPropertyName backends = upstream.at().append("backends");
        if (upstream.backends().isEmpty() && !upstream.value().findsMembers()) {
            findings.violation(
                    backends,
                    "one backend or more",
                    "Add a backend, an id and its address, or say where members are found by discovery or dns.");
        }
        upstream.backends().forEach(backend -> check(backend, upstream.value().findsMembers()));
        policies.check(upstream.policy());
        states.check(upstream);
        discovery.check(upstream);
    }

    private void check(Entry<BackendProperties> backend, boolean mayBeFound) {
        checkPlainName(findings, backend.at(), backend.key());
        ConfigurationPropertyName address = backend.at().append("address");
        String written = backend.value().address();
        if (written == null ? !mayBeFound : HostPort.parse(written).isEmpty()) {
            findings.violation(
                    address,
                    "host:port or [IPv6]:port, with a port of 1-65535",
                    "Give the backend's address without a scheme or path, such as 10.0.0.7:8080.");
        }
    }

    /** Finds a name that could not go into logs and metrics as it is, and a list where names are expected. */
    static void checkPlainName(Findings findings, ConfigurationPropertyName at, String name) {
        if (at.isNumericIndex(at.getNumberOfElements() - 1)) {
            findings.violation(
                    at,
                    name,
                    "a name that is not a number",
                    "Write a block with a name for each instead of a list: what is bound to a position would move.");
        } else if (!PLAIN_NAME.matcher(name).matches()) {
            findings.violation(at, name, "letters, digits, \".\", \"_\", \":\" and \"-\"", "Rename it.");
        }
    }
}
