package io.mooring.config;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the management port.
 *
 * @param users Who may use the management port, by name. With none, whoever is on this machine may.
 */
@ConfigurationPropertiesSource
record AdminProperties(@DefaultValue Map<String, AdminUserProperties> users) {}
