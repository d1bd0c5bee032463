package io.mooring.gateway.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the fields of a body may be, by their path as in {@code persistence.type}. Immutable.
 *
 * @param types what each takes
 */
record Fields(Map<String, Type> types) {

    Fields {
        types = new TreeMap<>(types);
    }

    /**
     * The fields of a body with their values; empty for those that are null. A block that is null stands for all its
     * fields.
     *
     * @throws Problem when the body is not of these fields, with everything that is wrong
     */
    Map<String, Optional<String>> read(byte[] body) {
        Map<String, Optional<String>> values = new LinkedHashMap<>();
        List<String> errors = new ArrayList<>();
        read("", Json.object(body), values, errors);
        if (!errors.isEmpty()) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "The body is not as it is expected.", errors);
        }
        return values;
    }

    private void read(String prefix, ObjectNode object, Map<String, Optional<String>> values, List<String> errors) {
        object.properties().forEach(field -> {
            String path = prefix + field.getKey();
            JsonNode value = field.getValue();
            Type type = types.get(path);
            List<String> below = types.keySet().stream()
                    .filter(key -> key.startsWith(path + "."))
                    .toList();
            if (type != null && value.isNull()) {
                values.put(path, Optional.empty());
            } else if (type != null && type.takes(value)) {
                values.put(path, Optional.of(value.asString()));
            } else if (type != null) {
                errors.add(Text.printable(path + ": " + value) + " (expected: " + type.expected + ")");
            } else if (below.isEmpty()) {
                errors.add(Text.printable(path) + ": unknown field (expected: " + names(prefix) + ")");
            } else if (value.isNull()) {
                below.forEach(key -> values.put(key, Optional.empty()));
            } else if (value instanceof ObjectNode block) {
                read(path + ".", block, values, errors);
            } else {
                errors.add(Text.printable(path + ": " + value) + " (expected: an object)");
            }
        });
    }

    private String names(String prefix) {
        return String.join(
                ", ",
                types.keySet().stream()
                        .filter(key -> key.startsWith(prefix))
                        .map(key -> key.substring(prefix.length()).split("\\.", 2)[0])
                        .distinct()
                        .toList());
    }

    /** What a field takes. */
    enum Type {
        /** A string. */
        TEXT("a string"),
        /** A whole number. */
        NUMBER("a whole number"),
        /** True or false. */
        FLAG("true or false");

        private final String expected;

        Type(String expected) {
            this.expected = expected;
        }

        private boolean takes(JsonNode value) {
            return switch (this) {
                case TEXT -> value.isString();
                case NUMBER -> value.isIntegralNumber();
                case FLAG -> value.isBoolean();
            };
        }
    }
}
