package io.mooring.balancer.session;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How often each outcome occurred in a scope. Safe for concurrent use: the map is filled once. */
final class OutcomeCounters {

    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

    OutcomeCounters() {
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new LongAdder());
        }
    }

    void increment(Outcome outcome) {
        counter(outcome).increment();
    }

    long of(Outcome outcome) {
        return counter(outcome).sum();
    }

    private LongAdder counter(Outcome outcome) {
        return Objects.requireNonNull(counts.get(outcome), "every outcome has a counter");
    }
}
