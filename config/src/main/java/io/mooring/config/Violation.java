package io.mooring.config;

/**
 * Something in the configuration that keeps the gateway from starting.
 *
 * @param property the name of the property
 * @param value what it is, {@code missing} if it is not there; never a secret
 * @param expected what it may be
 * @param action what to do
 */
public record Violation(String property, String value, String expected, String action) {

    public Violation {
        property = Printable.of(property);
        value = Printable.of(value);
        expected = Printable.of(expected);
        action = Printable.of(action);
    }

    /** The violation in one line. */
    @Override
    public String toString() {
        return property + ": " + value + " (expected: " + expected + ")";
    }
}
