package io.mooring.balancer.reschedule;

import java.time.Duration;
import java.util.Set;

/**
 * When a listener breaks open connections and flows off, so that their clients come again and are given other backends.
 *
 * @param when the reasons for which it does; none for never
 * @param delay how long a reason must last before the first is broken off
 * @param window the time over which they are broken off, one after the other; zero for all at once
 */
public record RescheduleSpec(Set<RescheduleReason> when, Duration delay, Duration window) {

    /** The longest delay, and the longest window. */
    public static final Duration LONGEST = Duration.ofHours(1);

    /** Of a listener that leaves connections where they are. */
    public static final RescheduleSpec NEVER = new RescheduleSpec(Set.of(), Duration.ZERO, Duration.ZERO);

    public RescheduleSpec {
        when = Set.copyOf(when);
        require("delay", delay);
        require("window", window);
    }

    private static void require(String name, Duration time) {
        if (time.isNegative() || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + ": " + time + " (expected: 0s-3600s)");
        }
    }
}
