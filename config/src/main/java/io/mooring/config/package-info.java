/**
 * The configuration: {@code mooring.*} properties, their validation, and what the gateway is made from.
 *
 * <p>Starting points: {@link io.mooring.config.ConfigurationCheck} judges an environment as a whole and
 * tells every violation at once; {@link io.mooring.config.GatewaySettings} is what a valid one says;
 * {@link io.mooring.config.ConfigurationFile} reads a file into an environment the way a start would. The
 * keys, with their units, ranges and defaults, are the records from
 * {@link io.mooring.config.MooringProperties} down.
 */
@NullMarked
package io.mooring.config;

import org.jspecify.annotations.NullMarked;
