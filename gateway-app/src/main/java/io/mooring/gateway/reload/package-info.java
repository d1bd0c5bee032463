/**
 * The configuration of a gateway that runs, as it is changed without a restart.
 *
 * <p>Starting points: {@link io.mooring.gateway.reload.ConfigurationWatch} notices that something has changed, and
 * {@link io.mooring.gateway.reload.LiveConfiguration} has the gateway go by it, or refuses it whole.
 */
@NullMarked
package io.mooring.gateway.reload;

import org.jspecify.annotations.NullMarked;
