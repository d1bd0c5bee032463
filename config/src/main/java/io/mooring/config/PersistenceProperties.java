package io.mooring.config;

import io.mooring.balancer.session.Persistence;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * How clients are kept with their backends.
 *
 * @param type What a client is known by: none keeps no client, cookie (HTTP only) and source-ip do.
 * @param idleTimeout Time without a new request, connection or datagram after which a session ends: whole
 *     seconds, 30s-3600s. Without a unit, seconds.
 * @param absoluteTimeout Time after which a session ends however busy it is, 1s-400d; never, if not set.
 *     Without a unit, seconds.
 * @param strict Whether a client whose backend cannot serve it is refused (503) instead of moved to another.
 * @param cookie How the session cookie is set; for type cookie only.
 * @param source How clients are told apart by address; for type source-ip only.
 */
@ConfigurationPropertiesSource
record PersistenceProperties(
        @DefaultValue("none") Persistence.Kind type,

        @DefaultValue("1000s")
        @DurationUnit(ChronoUnit.SECONDS)
        @DurationRange(min = "30s", max = "3600s", wholeSeconds = true)
        Duration idleTimeout,

        @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "400d") @Nullable
        Duration absoluteTimeout,

        @DefaultValue("false") boolean strict,
        @DefaultValue @NestedConfigurationProperty CookieProperties cookie,
        @DefaultValue @NestedConfigurationProperty SourceProperties source) {}
