package io.mooring.filters;

import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.filters.cookie.SetCookie;
import io.mooring.filters.loadbalancer.ScopeLoadBalancer;
import org.jspecify.annotations.Nullable;

/**
 * What a route is bound to, as long as its policy stays.
 *
 * @param policy what its scope goes by
 * @param balancer chooses its backends
 * @param cookie writes its session cookie, or null if it has none
 */
record ScopeBinding(
        Policy policy, ScopeLoadBalancer balancer, @Nullable SetCookie cookie) {

    static ScopeBinding of(Scope scope) {
        Policy policy = scope.policy();
        SetCookie cookie =
                policy.persistence() instanceof Persistence.Cookie kept ? new SetCookie(kept.cookie()) : null;
        return new ScopeBinding(policy, ScopeLoadBalancer.of(scope), cookie);
    }
}
