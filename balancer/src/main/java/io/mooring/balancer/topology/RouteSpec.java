package io.mooring.balancer.topology;

import io.mooring.balancer.session.Policy;
import java.util.Optional;

/**
 * A route to one of the upstreams.
 *
 * @param id the route's id
 * @param upstream the upstream's name
 * @param policy what overrides the upstream's policy, and so makes the route a scope of its own
 */
public record RouteSpec(String id, String upstream, Optional<Policy> policy) {}
