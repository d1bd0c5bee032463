package io.mooring.config;

import io.mooring.balancer.topology.DiscoverySpec.Family;
import io.mooring.config.DiscoveryProperties.OnEmpty;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * How an upstream's members are found by a name.
 *
 * @param name Host name whose addresses are members, all of them; fully qualified. Required.
 * @param port Port of each, 1-65535. Required.
 * @param family Which addresses: any, ipv4 or ipv6.
 * @param servers Name servers to ask, in this order, as "address" or "address:port", an IPv6 address with a port as
 *     "[2001:db8::1]:port"; those of the machine, if not set.
 * @param interval Time from an answer to the next question, give or take a tenth, 1s-3600s. Without a unit, seconds.
 * @param timeout Time an answer may take, 1s-60s. Without a unit, seconds.
 * @param onEmpty What it means that the name has no address: keep takes it for an outage, in which the members known
 *     stay, remove removes them.
 */
record DnsProperties(
        @Nullable String name,

        @IntRange(min = 1, max = 65_535) @Nullable Integer port,

        @DefaultValue("any") Family family,
        @DefaultValue List<String> servers,

        @DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "3600s")
        Duration interval,

        @DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "1s", max = "60s")
        Duration timeout,

        @DefaultValue("keep") OnEmpty onEmpty) {}
