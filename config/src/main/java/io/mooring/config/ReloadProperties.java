package io.mooring.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * How changes of the configuration are noticed while the gateway runs.
 *
 * @param interval Time between two looks at the configuration files, 0s-3600s; with 0s, they are read again only on
 *     SIGHUP. Without a unit, seconds.
 */
record ReloadProperties(
        @DefaultValue("2s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "0s", max = "3600s")
        Duration interval) {}
