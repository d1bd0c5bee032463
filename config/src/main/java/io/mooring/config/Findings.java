package io.mooring.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** What was found in a configuration. The first violation of a property counts. */
final class Findings {

    private final PropertyTree properties;
    private final Map<ConfigurationPropertyName, Violation> violations = new TreeMap<>();
    private final Set<String> warnings = new LinkedHashSet<>();

    Findings(PropertyTree properties) {
        this.properties = properties;
    }

    /** Finds a violation of a property by its value. */
    void violation(ConfigurationPropertyName property, String expected, String action) {
        violation(property, properties.text(property), expected, action);
    }

    /** Finds a violation of a property by a value that it has not by itself. */
    void violation(ConfigurationPropertyName property, String value, String expected, String action) {
        violations.putIfAbsent(property, new Violation(PropertyNames.display(property), value, expected, action));
    }

    /** Finds a violation of a property that says more than what was found of it before. */
    void betterViolation(ConfigurationPropertyName property, String expected, String action) {
        violations.remove(property);
        violation(property, expected, action);
    }

    /** Finds a violation of a property if it is set at all: it has no effect where it stands. */
    void misplaced(ConfigurationPropertyName property, String since, String action) {
        if (properties.contains(property)) {
            violation(property, "nothing, since " + since, action);
        }
    }

    /** Finds that a property has no effect or not the one that was probably meant. */
    void warning(ConfigurationPropertyName property, String text) {
        warnings.add(
                Printable.of(PropertyNames.display(property) + ": " + properties.text(property) + " (" + text + ")"));
    }

    /** Whether the property was found to be wrong, so that what was bound for it is not what was written. */
    boolean violated(ConfigurationPropertyName property) {
        return violations.containsKey(property);
    }

    /** Every violation, by property. */
    List<Violation> violations() {
        return new ArrayList<>(violations.values());
    }

    /** Every warning, in the order of their finding. */
    List<String> warnings() {
        return new ArrayList<>(warnings);
    }
}
