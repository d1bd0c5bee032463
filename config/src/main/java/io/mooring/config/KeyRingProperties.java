package io.mooring.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * What all session persistence shares.
 *
 * @param keys Keys that authenticate session cookies. The first signs, all verify, so a key is rotated by
 *     putting a new one first. Without any, one is made at the first start and kept in the data directory.
 * @param saveInterval Time between two savings of the source tables to the data directory, 0s-3600s. They are saved
 *     at the end, too, and taken over at the next start; with 0s, neither. Without a unit, seconds.
 */
@ConfigurationPropertiesSource
record KeyRingProperties(
        @DefaultValue List<KeyProperties> keys,

        @DefaultValue("60s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "0s", max = "3600s")
        Duration saveInterval) {}
