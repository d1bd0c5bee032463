package io.mooring.config;

import io.mooring.balancer.reschedule.RescheduleReason;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges when a listener breaks off what it has open. */
final class RescheduleCheck {

    private final Findings findings;
    private final BoundConfiguration configuration;

    RescheduleCheck(Findings findings, BoundConfiguration configuration) {
        this.findings = findings;
        this.configuration = configuration;
    }

    void check(ConfigurationPropertyName listener, ListenerProperties value) {
        RescheduleProperties reschedule = value.reschedule();
        ConfigurationPropertyName when = listener.append("reschedule.when");
        if (reschedule == null || findings.violated(when)) {
            return;
        }
        if (reschedule.when().isEmpty()) {
            findings.violation(
                    when,
                    "one or more of removed, unhealthy, drained and added",
                    "Name the reasons, or remove reschedule: what is open then stays where it is.");
        } else if (reschedule.when().contains(RescheduleReason.UNHEALTHY) && !isAnyEverDown(value)) {
            findings.violation(
                    when,
                    "no unhealthy, since nothing finds a backend down: there is no health-check, and"
                            + " ejection.failures is 0",
                    "Add a health-check to the upstream, or remove unhealthy.");
        }
    }

    /** Of an upstream that there is not, it is not known. */
    private boolean isAnyEverDown(ListenerProperties listener) {
        return listener.upstreams().stream()
                .map(configuration::upstream)
                .anyMatch(upstream -> upstream.map(DeclaredUpstream::value)
                        .map(value ->
                                value.healthCheck() != null || value.ejection().failures() > 0)
                        .orElse(true));
    }
}
