package io.mooring.config;

import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How clients are told apart by address.
 *
 * @param ipv4Prefix Leading bits of an IPv4 address that tell one client from another, 1-32.
 * @param ipv6Prefix Leading bits of an IPv6 address that tell one client from another, 1-128.
 * @param maxEntries How many clients are remembered at most, 1-16777216, at no more than 64 bytes each. When
 *     full, the entry nearest its expiry goes.
 * @param share How large a source may be.
 */
@ConfigurationPropertiesSource
record SourceProperties(
        @DefaultValue("32") @IntRange(min = 1, max = 32) int ipv4Prefix,
        @DefaultValue("64") @IntRange(min = 1, max = 128) int ipv6Prefix,

        @DefaultValue("1000000") @IntRange(min = 1, max = 16_777_216)
        int maxEntries,

        @DefaultValue @NestedConfigurationProperty ShareProperties share) {}
