package io.mooring.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that the gateway does not start with. Its message has a line for every violation. */
public final class InvalidConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    /** Says that there are these violations, one or more. */
    public InvalidConfigurationException(List<Violation> violations) {
        super(violations.stream().map(Violation::toString).collect(Collectors.joining(System.lineSeparator())));
        this.violations = List.copyOf(violations);
    }

    /** Every violation, by property. */
    public List<Violation> violations() {
        return violations;
    }
}
