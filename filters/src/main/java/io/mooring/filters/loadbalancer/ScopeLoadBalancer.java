package io.mooring.filters.loadbalancer;

import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Scope;
import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import reactor.core.publisher.Mono;

/**
 * A scope as a load balancer of Spring Cloud. It decides nothing itself.
 *
 * <p>Safe for concurrent use; it never blocks, and a choice is made when it is subscribed to.
 *
 * <p>Whoever asks with a {@link DecisionRequest} owns the decision in the response and must close it. Anyone else,
 * such as a load-balanced {@code WebClient}, does not know of it and has no moment at which to close it that is sure
 * to come: Spring Cloud's life-cycle callbacks miss cancellation. So its decision is closed at once. The choice
 * counts as a pick, the request is never counted as active, and balancing by load does not see it. Having no address,
 * such a caller is one client to IP hash.
 */
public sealed interface ScopeLoadBalancer extends ReactorServiceInstanceLoadBalancer
        permits WeightedRoundRobinLoadBalancer, WeightedLeastConnectionsLoadBalancer, IpHashLoadBalancer {

    /** Where the decisions are made. */
    Scope scope();

    /** Chooses for a client; the caller owns the decision in the response. */
    default DecisionResponse decide(DecisionRequest request) {
        return new DecisionResponse(scope().decide(request.client(), request.tokens()));
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    default Mono<Response<ServiceInstance>> choose(Request request) {
        return Mono.fromSupplier(() -> request instanceof DecisionRequest known ? decide(known) : decideForStranger());
    }

    private DecisionResponse decideForStranger() {
        Decision decision = scope().decide(null, List.of());
        decision.close();
        return new DecisionResponse(decision);
    }

    /**
     * The load balancer that goes with the policy which the scope has now. It goes on deciding as the scope does when
     * that has another.
     */
    static ScopeLoadBalancer of(Scope scope) {
        return switch (scope.policy().balancing()) {
            case WEIGHTED_ROUND_ROBIN -> new WeightedRoundRobinLoadBalancer(scope);
            case WEIGHTED_LEAST_CONNECTIONS -> new WeightedLeastConnectionsLoadBalancer(scope);
            case IP_HASH -> new IpHashLoadBalancer(scope);
        };
    }
}
