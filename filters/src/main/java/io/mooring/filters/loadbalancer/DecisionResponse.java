package io.mooring.filters.loadbalancer;

import io.mooring.balancer.session.Decision;
import io.mooring.balancer.upstream.Member;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Response;

/**
 * What a {@link ScopeLoadBalancer} answers. It shows the decision as it stands, so also the backend that a failover
 * chose.
 *
 * @param decision what was decided
 */
public record DecisionResponse(Decision decision) implements Response<ServiceInstance> {

    @Override
    public boolean hasServer() {
        return decision.member() != null;
    }

    @Override
    public @Nullable ServiceInstance getServer() {
        Member member = decision.member();
        return member == null ? null : new BackendInstance(decision, member);
    }
}
