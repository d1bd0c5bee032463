package io.mooring.health;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How many probes of a backend have ended with each verdict. Safe for concurrent use. */
final class ProbeCounter {

    private final Map<ProbeVerdict, LongAdder> ended = new EnumMap<>(ProbeVerdict.class);

    ProbeCounter() {
        for (ProbeVerdict verdict : ProbeVerdict.values()) {
            ended.put(verdict, new LongAdder());
        }
    }

    void count(ProbeVerdict verdict) {
        adder(verdict).increment();
    }

    long of(ProbeVerdict verdict) {
        return adder(verdict).sum();
    }

    private LongAdder adder(ProbeVerdict verdict) {
        return Objects.requireNonNull(ended.get(verdict));
    }
}
