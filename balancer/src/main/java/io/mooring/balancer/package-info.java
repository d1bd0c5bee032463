/**
 * What to choose and what to remember, in plain Java: nothing here knows HTTP, sockets or Spring.
 *
 * <p>The packages, from the ground up: {@link io.mooring.balancer.time elapsed time}, {@link
 * io.mooring.balancer.upstream upstreams and their backends}, {@link io.mooring.balancer.selection balancing}, {@link
 * io.mooring.balancer.source the source table}, {@link io.mooring.balancer.token the session token}, {@link
 * io.mooring.balancer.session the session decision} and {@link io.mooring.balancer.topology the gateway as a whole}.
 * Beside them {@link io.mooring.balancer.text text from outside}, for all who tell of it.
 */
@NullMarked
package io.mooring.balancer;

import org.jspecify.annotations.NullMarked;
