/**
 * The session decision: which backend, what outcome, which cookie action.
 *
 * <p>Starting points: a {@link io.mooring.balancer.session.Scope} is an upstream under one
 * {@link io.mooring.balancer.session.Policy}; its {@code decide} gives a
 * {@link io.mooring.balancer.session.Decision} for one request, connection or flow. HTTP and layer 4 are adapters
 * around these two.
 */
@NullMarked
package io.mooring.balancer.session;

import org.jspecify.annotations.NullMarked;
