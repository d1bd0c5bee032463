package io.mooring.config;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

/**
 * A key that authenticates session cookies. Its string form does not contain the secret.
 *
 * @param id Name of the key; gateways that share the secret give it the same name. Required, and no two keys
 *     have the same.
 * @param secret Secret of 16 bytes or more in UTF-8. Required; best a placeholder such as "${MOORING_KEY}".
 */
@ConfigurationPropertiesSource
record KeyProperties(@Nullable String id, @Nullable String secret) {

    @Override
    public String toString() {
        return "KeyProperties[" + id + "]";
    }
}
