/**
 * Finds out which members upstreams have, from registries of services and from name servers, and keeps asking.
 *
 * <p>Starting points: {@link io.mooring.discovery.Discovery} follows the upstreams of a fleet; for each that has
 * members to be found it has a {@code MemberWatch}, which asks a {@code MemberSource} now and then and decides what an
 * answer, or that there is none, means. What is found becomes part of the fleet elsewhere: by the one who changes its
 * topology.
 *
 * <p>All that is decided is decided on one thread, which is no event loop.
 */
@NullMarked
package io.mooring.discovery;

import org.jspecify.annotations.NullMarked;
