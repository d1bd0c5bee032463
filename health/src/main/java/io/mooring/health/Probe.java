package io.mooring.health;

import io.mooring.balancer.upstream.Backend;
import java.time.Duration;
import java.util.function.Consumer;

/** Finds out whether a backend can serve at this moment. Safe for concurrent use. */
interface Probe {

    /**
     * Begins. The result comes once, within the timeout or just after it, on any thread.
     *
     * @param done must not block
     */
    void begin(Backend backend, Duration timeout, Consumer<ProbeResult> done);
}
