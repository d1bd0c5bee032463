package io.mooring.config;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** What Spring Boot's own keys say about ports. */
final class PortProperties {

    static final ConfigurationPropertyName SERVER = ConfigurationPropertyName.of("server");
    static final ConfigurationPropertyName MANAGEMENT = ConfigurationPropertyName.of("management.server");

    private PortProperties() {}

    /**
     * Where HTTP is served.
     *
     * @param port the port, -1 for none
     * @param address the local address, null for all
     */
    record Server(
            @DefaultValue("8080") @IntRange(min = -1, max = 65_535)
            int port,

            @Nullable String address) {}

    /**
     * Where the management endpoints are.
     *
     * @param port the port, -1 for none, null for where HTTP is served
     * @param address the local address, null for all
     */
    record Management(
            @IntRange(min = -1, max = 65_535) @Nullable Integer port,
            @Nullable String address) {}
}
