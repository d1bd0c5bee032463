/**
 * The session token: what the sticky cookie carries.
 *
 * <p>Starting points: {@link io.mooring.balancer.token.KeyRing} holds the keys, and
 * {@link io.mooring.balancer.token.TokenCodec} writes and verifies the tokens of one scope.
 */
@NullMarked
package io.mooring.balancer.token;

import org.jspecify.annotations.NullMarked;
