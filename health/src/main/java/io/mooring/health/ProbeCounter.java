package io.mooring.health;

import java.util.concurrent.atomic.LongAdder;

/** How often the probes of a backend have ended well and badly. Safe for concurrent use. */
final class ProbeCounter {

    private final LongAdder good = new LongAdder();
    private final LongAdder bad = new LongAdder();

    void count(ProbeResult result) {
        (result.good() ? good : bad).increment();
    }

    long of(boolean ended) {
        return (ended ? good : bad).sum();
    }
}
