package io.mooring.balancer.topology;

import io.mooring.balancer.session.Policy;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.mooring.balancer.upstream.StatePolicy;
import java.util.List;
import java.util.Optional;

/**
 * An upstream as configured.
 *
 * @param name what routes and listeners call it
 * @param policy the policy of those that have none of their own
 * @param backends with ids that differ; one or more, unless others are found
 * @param states how its backends' states come about; they are checked if there is a health check
 * @param healthCheck how its backends are probed
 * @param proxyProtocol how the backends are told who their TCP clients are
 * @param tls how TLS is spoken with them at layer 4; absent if it is not
 * @param discovery how further backends are found; absent if none are
 */
public record UpstreamSpec(
        String name,
        Policy policy,
        List<Backend> backends,
        StatePolicy states,
        Optional<HealthCheckSpec> healthCheck,
        Optional<ProxyProtocol> proxyProtocol,
        Optional<BackendTlsSpec> tls,
        Optional<DiscoverySpec> discovery) {

    public UpstreamSpec {
        backends = List.copyOf(backends);
        if (backends.isEmpty() && discovery.isEmpty()) {
            throw new IllegalArgumentException("backends: none (expected: one or more)");
        }
        if (states.checked() != healthCheck.isPresent()) {
            throw new IllegalArgumentException("checked: " + states.checked() + " (expected: " + healthCheck.isPresent()
                    + ", as there is a health check or not)");
        }
    }

    /** The same, of other backends. */
    public UpstreamSpec withBackends(List<Backend> others) {
        return new UpstreamSpec(name, policy, others, states, healthCheck, proxyProtocol, tls, discovery);
    }

    /** An upstream whose backends are all declared. */
    public UpstreamSpec(
            String name,
            Policy policy,
            List<Backend> backends,
            StatePolicy states,
            Optional<HealthCheckSpec> healthCheck,
            Optional<ProxyProtocol> proxyProtocol,
            Optional<BackendTlsSpec> tls) {
        this(name, policy, backends, states, healthCheck, proxyProtocol, tls, Optional.empty());
    }

    /**
     * An upstream that declares nothing of states, is not probed, and whose backends are spoken with in the clear and
     * not told who their clients are.
     */
    public UpstreamSpec(String name, Policy policy, List<Backend> backends) {
        this(name, policy, backends, StatePolicy.DEFAULT, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same with the members that were found beside those it declares. */
    public UpstreamSpec withFound(List<Backend> found) {
        return discovery.map(how -> withBackends(how.members(backends, found))).orElse(this);
    }
}
