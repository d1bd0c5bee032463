package io.mooring.config;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * A part of the configuration that is one of several.
 *
 * @param key its name or its index
 * @param at where it stands
 * @param value what was bound from it, with defaults for what could not be
 */
record Entry<T>(String key, ConfigurationPropertyName at, T value) {}
