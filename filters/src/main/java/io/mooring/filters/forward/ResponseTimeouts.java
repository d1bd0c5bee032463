package io.mooring.filters.forward;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;

/**
 * How long a backend may be silent, by the keys that the stock routing filter reads for the wait for the head: a
 * route's metadata {@code response-timeout}, in milliseconds, negative for none, or else the HTTP client's.
 *
 * @param common the HTTP client's, or null for none
 */
record ResponseTimeouts(@Nullable Duration common) {

    /** That of a route, or null for none. */
    @Nullable
    Duration of(@Nullable Route route) {
        Object own = route == null ? null : route.getMetadata().get(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR);
        if (own == null) {
            return common;
        }
        try {
            long millis = own instanceof Number number ? number.longValue() : Long.parseLong(own.toString());
            return millis < 0 ? null : Duration.ofMillis(millis);
        } catch (NumberFormatException e) {
            return common;
        }
    }
}
