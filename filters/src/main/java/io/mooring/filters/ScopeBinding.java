package io.mooring.filters;

import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.filters.cookie.SetCookie;
import io.mooring.filters.loadbalancer.ScopeLoadBalancer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a route is bound to, as long as its policy stays.
 *
 * @param scope decides
 * @param policy what the scope goes by
 * @param balancer chooses its backends
 * @param cookie writes its session cookie, or null if it has none
 * @param former cookies of the scope that went by other names, the last one first
 */
record ScopeBinding(
        Scope scope,
        Policy policy,
        ScopeLoadBalancer balancer,
        @Nullable SetCookie cookie,
        List<FormerCookie> former) {

    /** How many names a scope's cookie may have had that are still read. */
    private static final int MAX_FORMER = 4;

    static ScopeBinding of(Scope scope) {
        return of(scope, List.of());
    }

    /** The binding that follows this one now that the scope goes by another policy. */
    ScopeBinding next(long now) {
        Stream<FormerCookie> last = cookie == null ? Stream.empty() : Stream.of(new FormerCookie(cookie, now));
        return of(scope, Stream.concat(last, former.stream()).toList());
    }

    /** The cookies of other names in which a session may still come. */
    List<SetCookie> former(long now) {
        if (former.isEmpty() || !(policy.persistence() instanceof Persistence.Cookie kept)) {
            return List.of();
        }
        long idle = kept.timeouts().idle().toNanos();
        return former.stream()
                .filter(cookie -> now - cookie.sinceNanos() < idle)
                .map(FormerCookie::cookie)
                .toList();
    }

    private static ScopeBinding of(Scope scope, List<FormerCookie> former) {
        Policy policy = scope.policy();
        SetCookie cookie =
                policy.persistence() instanceof Persistence.Cookie kept ? new SetCookie(kept.cookie()) : null;
        List<FormerCookie> others = former.stream()
                .filter(known -> cookie == null || !known.cookie().name().equals(cookie.name()))
                .limit(MAX_FORMER)
                .toList();
        return new ScopeBinding(scope, policy, ScopeLoadBalancer.of(scope), cookie, others);
    }

    /**
     * A cookie that is not written any more.
     *
     * @param sinceNanos from when on
     */
    record FormerCookie(SetCookie cookie, long sinceNanos) {}
}
