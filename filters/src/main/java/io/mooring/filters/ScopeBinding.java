package io.mooring.filters;

import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Scope;
import io.mooring.filters.cookie.SetCookie;
import io.mooring.filters.loadbalancer.ScopeLoadBalancer;
import org.jspecify.annotations.Nullable;

/**
 * What a route is bound to.
 *
 * @param balancer chooses its backends
 * @param cookie writes its session cookie, or null if it has none
 */
record ScopeBinding(ScopeLoadBalancer balancer, @Nullable SetCookie cookie) {

    static ScopeBinding of(ScopeLoadBalancer balancer) {
        Scope scope = balancer.scope();
        SetCookie cookie = scope.policy().persistence() instanceof Persistence.Cookie policy
                ? new SetCookie(policy.cookie())
                : null;
        return new ScopeBinding(balancer, cookie);
    }
}
