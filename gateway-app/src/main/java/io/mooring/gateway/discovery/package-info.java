/**
 * The finding of members in the running program: when it begins, and who learns of what was found.
 *
 * <p>Starting point: {@link io.mooring.gateway.discovery.DiscoveryLifecycle}.
 */
@NullMarked
package io.mooring.gateway.discovery;

import org.jspecify.annotations.NullMarked;
