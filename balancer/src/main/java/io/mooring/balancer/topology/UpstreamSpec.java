package io.mooring.balancer.topology;

import io.mooring.balancer.session.Policy;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.StatePolicy;
import java.util.List;

/**
 * An upstream as configured.
 *
 * @param name what routes and listeners call it
 * @param policy the policy of those that have none of their own
 * @param backends one or more, with ids that differ
 * @param states how its backends' states come about
 */
public record UpstreamSpec(String name, Policy policy, List<Backend> backends, StatePolicy states) {

    public UpstreamSpec {
        backends = List.copyOf(backends);
        if (backends.isEmpty()) {
            throw new IllegalArgumentException("backends: none (expected: one or more)");
        }
    }

    /** An upstream that declares nothing of states. */
    public UpstreamSpec(String name, Policy policy, List<Backend> backends) {
        this(name, policy, backends, StatePolicy.DEFAULT);
    }
}
