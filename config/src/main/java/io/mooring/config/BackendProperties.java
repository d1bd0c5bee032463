package io.mooring.config;

import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.Backend;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One server of an upstream.
 *
 * @param address Address as "host:port", an IPv6 literal as "[2001:db8::1]:port". Required, unless members are found by
 *     discovery or dns: without it, this is said of the member with this id, if it is found.
 * @param weight Share of new clients relative to the other backends, 0-100. At 0 it gets no new client and
 *     keeps those bound to it.
 * @param state What is wanted of it: ready to serve if it can, draining to keep those bound to it and get no new
 *     client, maintenance to get nobody and not to be probed.
 */
@ConfigurationPropertiesSource
record BackendProperties(
        @Nullable String address,

        @DefaultValue("10") @IntRange(min = 0, max = Backend.MAX_WEIGHT)
        int weight,

        @DefaultValue("ready") AdminState state) {}
