/**
 * The health of backends in the running program: when it is watched, and what is said of it.
 *
 * <p>Starting point: {@link io.mooring.gateway.health.HealthLifecycle}.
 */
@NullMarked
package io.mooring.gateway.health;

import org.jspecify.annotations.NullMarked;
