package io.mooring.loadtest.clients.http;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts faults, and shows the first of them on standard error. Not thread-safe. */
public final class Faults {

    private static final int SHOWN = 20;

    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private int shown;

    /** Counts one fault of someone. */
    public void add(String who, Fault fault, String detail) {
        if (shown < SHOWN) {
            shown++;
            System.err.printf("%s: %s: %s%n", who, fault, detail);
        }
        counts.merge(fault, 1, Integer::sum);
    }

    public boolean isEmpty() {
        return counts.isEmpty();
    }

    /** A JSON object of the kinds that occurred, with their counts. */
    public String toJson() {
        return counts.entrySet().stream()
                .map(count -> "\"%s\":%d".formatted(count.getKey(), count.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
