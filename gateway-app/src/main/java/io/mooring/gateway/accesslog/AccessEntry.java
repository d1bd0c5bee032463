package io.mooring.gateway.accesslog;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one line of the access log says.
 *
 * @param fields the values there are; a field without one is left out of the line
 */
public record AccessEntry(Map<LogField, Object> fields) {

    /** The line, as {@code key=value} pairs. */
    String line() {
        return fields.entrySet().stream()
                .map(field -> field.getKey().key() + "=" + LogValue.of(field.getValue()))
                .collect(Collectors.joining(" "));
    }

    /** Collects the values of an entry. Not safe for concurrent use. */
    public static final class Builder {
        private final Map<LogField, Object> fields = new EnumMap<>(LogField.class);

        /** Sets a field; a value of null leaves it out. */
        public Builder with(LogField field, @Nullable Object value) {
            if (value != null) {
                fields.put(field, value);
            }
            return this;
        }

        /** The entry. The builder is not to be used again. */
        public AccessEntry build() {
            return new AccessEntry(fields);
        }
    }
}
