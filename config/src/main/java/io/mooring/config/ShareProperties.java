package io.mooring.config;

import io.mooring.balancer.session.SourceShare;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How large a source may be before it counts as more than one client, such as a carrier's network behind one address.
 *
 * @param maxPercent Share of the scope's open connections, requests and flows that one source may have, 1-100 percent;
 *     beyond it the gateway warns and counts. Nothing is watched, if not set.
 * @param minConnections With fewer than this many open, no source is too large, 1-16777216.
 * @param split What becomes of a source that is too large: none warns and counts, port also makes each block of 1,024
 *     of its ports a client of its own.
 */
@ConfigurationPropertiesSource
record ShareProperties(
        @IntRange(min = 1, max = 100) @Nullable Integer maxPercent,

        @DefaultValue("100") @IntRange(min = 1, max = 16_777_216)
        int minConnections,

        @DefaultValue("none") SourceShare.Split split) {

    /** The share to watch, or null for none. */
    @Nullable
    SourceShare share() {
        return maxPercent == null ? null : new SourceShare(maxPercent, minConnections, split);
    }
}
