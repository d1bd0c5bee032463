package io.mooring.config;

import io.mooring.balancer.selection.Balancing;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What matters here of a Spring Cloud Gateway route.
 *
 * @param id Name of the route. Required, if the route has a policy of its own.
 * @param uri Where the route leads: "lb://" and an upstream's name, to be balanced here.
 * @param enabled Whether the route exists.
 * @param metadata What the route says beyond predicates and filters.
 */
@ConfigurationPropertiesSource
record RouteProperties(
        @Nullable String id,
        @Nullable String uri,
        @DefaultValue("true") boolean enabled,
        @DefaultValue @NestedConfigurationProperty Metadata metadata) {

    /**
     * A route in the gateway's short form, {@code id=uri,predicate,...}; Spring's conversion finds this method
     * by its name.
     */
    public static RouteProperties valueOf(String text) {
        int equals = text.indexOf('=');
        String id = equals <= 0 ? null : text.substring(0, equals);
        String uri = text.substring(equals + 1).split(",", 2)[0].strip();
        return new RouteProperties(id, uri, true, new Metadata(null, null));
    }

    /** Whether the route is a scope of its own. */
    boolean declaresPolicy() {
        return metadata.balancing() != null || metadata.persistence() != null;
    }

    /**
     * The part of a route's metadata that is read here.
     *
     * @param balancing How clients without a session are spread over the backends; the upstream's, if not set.
     * @param persistence How clients are kept with their backends. Replaces the upstream's as a whole; the
     *     upstream's, if not set.
     */
    record Metadata(
            @Nullable Balancing balancing,
            @NestedConfigurationProperty @Nullable PersistenceProperties persistence) {}
}
