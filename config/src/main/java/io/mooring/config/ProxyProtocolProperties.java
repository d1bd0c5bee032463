package io.mooring.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * Clients that come through a proxy which says who they are.
 *
 * @param from Addresses of the proxies, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32. A connection from elsewhere is
 *     refused. Required.
 * @param timeout Time that a proxy may take to say who the client is, 1s-60s. Without a unit, seconds.
 */
@ConfigurationPropertiesSource
record ProxyProtocolProperties(
        @DefaultValue List<String> from,

        @DefaultValue("3s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "60s")
        Duration timeout) {}
