/**
 * The states of backends, driven by checks.
 *
 * <p>Active checks (probes) and passive detection (what the traffic itself shows) belong here. Neither is built yet, and
 * the package holds no type.
 */
@NullMarked
package io.mooring.health;

import org.jspecify.annotations.NullMarked;
