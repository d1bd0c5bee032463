/**
 * What a gateway consists of: first as it was configured, then alive.
 *
 * <p>Starting points: a {@link io.mooring.balancer.topology.Topology} is a whole, valid
 * configuration of upstreams, routes and listeners; a {@link io.mooring.balancer.topology.Fleet} has the upstreams and
 * scopes made from it, and becomes another by a {@link io.mooring.balancer.topology.FleetChange}.
 */
@NullMarked
package io.mooring.balancer.topology;

import org.jspecify.annotations.NullMarked;
