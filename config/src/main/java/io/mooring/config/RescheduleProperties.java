package io.mooring.config;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * When open connections and flows are broken off, so that their clients come again and are given other backends.
 *
 * @param when The reasons for which they are: removed (the backend is gone from the upstream), unhealthy (it is down),
 *     drained (it drains, has weight 0 or is in maintenance) and added (others have come, and get their share).
 *     Required.
 * @param delay Time for which a reason must last before the first is broken off, 0s-3600s. Without a unit, seconds.
 * @param window Time over which they are broken off, one after the other, 0s-3600s; 0s for all at once. Without a unit,
 *     seconds.
 */
@ConfigurationPropertiesSource
record RescheduleProperties(
        @DefaultValue Set<RescheduleReason> when,

        @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "0s", max = "3600s")
        Duration delay,

        @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "0s", max = "3600s")
        Duration window) {

    RescheduleSpec toSpec() {
        return new RescheduleSpec(when, delay, window);
    }
}
