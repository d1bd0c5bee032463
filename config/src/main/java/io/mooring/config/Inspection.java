package io.mooring.config;

import java.util.List;
import java.util.Optional;

/**
 * What became of looking at a configuration: every violation, and the settings if there is none.
 *
 * @param violations what keeps the gateway from starting, by property
 * @param warnings what does not, but is probably not meant
 * @param settings what the configuration says, empty if there is a violation
 */
public record Inspection(List<Violation> violations, List<String> warnings, Optional<GatewaySettings> settings) {

    public Inspection {
        violations = List.copyOf(violations);
        warnings = List.copyOf(warnings);
        if (violations.isEmpty() != settings.isPresent()) {
            throw new IllegalArgumentException("settings: " + (settings.isPresent() ? "present" : "missing")
                    + " (expected: present without violations, and only then)");
        }
    }

    /**
     * The settings.
     *
     * @throws InvalidConfigurationException if there is a violation
     */
    public GatewaySettings orThrow() {
        return settings.orElseThrow(() -> new InvalidConfigurationException(violations));
    }
}
