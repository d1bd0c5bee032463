/**
 * What operators have ended of the sessions that clients carry, kept over a restart.
 *
 * <p>Starting point: {@link io.mooring.gateway.revocation.RevocationKeeper}.
 */
@NullMarked
package io.mooring.gateway.revocation;

import org.jspecify.annotations.NullMarked;
