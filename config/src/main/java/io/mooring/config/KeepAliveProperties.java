package io.mooring.config;

import io.mooring.balancer.topology.TcpSpec.KeepAlive;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.convert.DurationUnit;

/**
 * How the kernel probes silent peers.
 *
 * @param idle Time without a sign of the peer after which it is probed, 1s-32767s; the system's, if not set. Without a
 *     unit, seconds.
 * @param interval Time between probes, 1s-32767s; the system's, if not set. Without a unit, seconds.
 * @param probes How many probes stay unanswered before the connection is given up, 1-127; the system's, if not set.
 */
@ConfigurationPropertiesSource
record KeepAliveProperties(
        @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "32767s", wholeSeconds = true) @Nullable
        Duration idle,

        @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "32767s", wholeSeconds = true) @Nullable
        Duration interval,

        @IntRange(min = 1, max = 127) @Nullable Integer probes) {

    KeepAlive toSpec() {
        return new KeepAlive(Optional.ofNullable(idle), Optional.ofNullable(interval), Optional.ofNullable(probes));
    }
}
