package io.mooring.config;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges how the states of an upstream's backends come about. */
final class StateCheck {

    private final Findings findings;
    private final ProbeCheck healthChecks;

    StateCheck(PropertyTree tree, Findings findings) {
        this.findings = findings;
        this.healthChecks = new ProbeCheck(tree, findings);
    }

    void check(DeclaredUpstream upstream) {
        UpstreamProperties value = upstream.value();
        ConfigurationPropertyName at = upstream.at();
        healthChecks.check(at.append("health-check"), value.healthCheck(), value.tls() != null);
        checkEjection(at.append("ejection"), value.ejection());
        if (!value.flapGrace().isZero()
                && value.healthCheck() == null
                && value.ejection().failures() == 0) {
            findings.violation(
                    at.append("flap-grace"),
                    "0s, since nothing finds a backend down: there is no health-check, and ejection.failures is 0",
                    "Add a health-check, or remove the grace.");
        }
    }

    private void checkEjection(ConfigurationPropertyName at, EjectionProperties ejection) {
        ConfigurationPropertyName maxTime = at.append("max-time");
        if (ejection.maxTime().compareTo(ejection.time()) < 0 && !findings.violated(maxTime)) {
            findings.violation(maxTime, "the time of the first ejection or longer", "Raise it, or lower time.");
        }
        ConfigurationPropertyName counts = at.append("counts");
        if (ejection.counts().isEmpty() && !findings.violated(counts)) {
            findings.violation(
                    counts,
                    "one or more of connect, reset, timeout and gateway-error",
                    "Name what counts as a failure, or set failures to 0.");
        }
    }
}
