package io.mooring.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * The HTTP listener, beyond what Spring Boot's own keys say.
 *
 * @param keepaliveTimeout How long a client's idle connection stays open, 0s-900s; 0s closes it after each
 *     response. Without a unit, seconds.
 */
record HttpProperties(
        @DefaultValue("75s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "0s", max = "900s")
        Duration keepaliveTimeout) {}
