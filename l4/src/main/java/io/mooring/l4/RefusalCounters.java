package io.mooring.l4;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How often a listener refused a client, by reason. Safe for concurrent use. */
final class RefusalCounters {

    private final Map<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);

    RefusalCounters() {
        for (Refusal reason : Refusal.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    void increment(Refusal reason) {
        of(reason).increment();
    }

    long count(Refusal reason) {
        return of(reason).sum();
    }

    private LongAdder of(Refusal reason) {
        return Objects.requireNonNull(counts.get(reason));
    }
}
