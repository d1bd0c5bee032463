package io.mooring.config;

import io.mooring.balancer.upstream.BackendFault;
import io.mooring.balancer.upstream.EjectionPolicy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * When a backend that fails its clients is taken out for a while.
 *
 * @param failures How many failures in a row take a backend out, 0-1000; 0 for never.
 * @param counts What counts as a failure: connect, reset (it broke off without an answer), timeout and
 *     gateway-error (status 502, 503 or 504).
 * @param time Time for which a backend is out at first, 1s-3600s; twice as long each further time. Without a
 *     unit, seconds.
 * @param maxTime Time for which a backend is out at most, 1s-3600s. One that has served for as long is out for
 *     the first time again. Without a unit, seconds.
 * @param maxShare Share of the backends that take new clients which may be out at once for another to be taken
 *     out, in percent, 0-100. Those in maintenance, draining or of weight 0 do not count.
 */
@ConfigurationPropertiesSource
record EjectionProperties(
        @DefaultValue("5") @IntRange(min = 0, max = 1_000) int failures,
        @DefaultValue({"connect", "reset", "timeout"}) Set<BackendFault> counts,

        @DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "3600s")
        Duration time,

        @DefaultValue("300s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "3600s")
        Duration maxTime,

        @DefaultValue("50") @IntRange(min = 0, max = 100) int maxShare) {

    /** The policy, or null for no ejection; must be valid. */
    @Nullable
    EjectionPolicy toPolicy() {
        return failures == 0 ? null : new EjectionPolicy(failures, counts, time, maxTime, maxShare);
    }
}
