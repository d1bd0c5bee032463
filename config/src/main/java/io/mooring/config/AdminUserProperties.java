package io.mooring.config;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A user of the management port.
 *
 * @param password The password's bcrypt hash, after "{bcrypt}". Required.
 * @param role What the user may do: read, or change, which is to read, too.
 */
@ConfigurationPropertiesSource
record AdminUserProperties(
        @Nullable String password, @DefaultValue("read") AdminUser.Role role) {}
