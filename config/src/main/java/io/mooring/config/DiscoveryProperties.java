package io.mooring.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * How an upstream's members are found in a registry of services.
 *
 * @param serviceId Service whose instances are members, as the registry calls it, 1-253 characters. Required.
 * @param weightMetadata Key of an instance's metadata that says its weight, 0-100; each has the default, if not set.
 * @param interval Time from an answer to the next question, give or take a tenth, 1s-3600s. Without a unit, seconds.
 * @param timeout Time an answer may take, 1s-60s. Without a unit, seconds.
 * @param onEmpty What an answer without instances means: keep takes it for an outage, in which the members known stay,
 *     remove removes them.
 */
record DiscoveryProperties(
        @Nullable String serviceId,
        @Nullable String weightMetadata,

        @DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "3600s")
        Duration interval,

        @DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "60s")
        Duration timeout,

        @DefaultValue("keep") OnEmpty onEmpty) {

    /** What an answer without members means. */
    enum OnEmpty {
        KEEP,
        REMOVE
    }
}
