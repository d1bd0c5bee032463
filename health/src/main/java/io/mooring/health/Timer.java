package io.mooring.health;

import io.mooring.balancer.time.Ticker;
import java.time.Duration;

/** One thread that does things later, and the clock it goes by. */
interface Timer extends Ticker {

    /**
     * Does something after a delay; of one that is zero, as soon as what was asked for before is done.
     *
     * @return keeps it from being done if it was not yet
     */
    Runnable schedule(Duration delay, Runnable task);
}
