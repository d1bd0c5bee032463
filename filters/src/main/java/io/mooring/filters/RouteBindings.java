package io.mooring.filters;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.Fleet;
import io.mooring.filters.cookie.SetCookie;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;

/**
 * Which routes lead to an upstream of the fleet, and what each of them is bound to. A binding is kept for as long as
 * the policy of its scope. Safe for concurrent use.
 */
final class RouteBindings {

    private static final String BALANCED = "lb";

    private final Fleet fleet;
    private final Ticker ticker;
    private final Map<Scope, ScopeBinding> bindings = new ConcurrentHashMap<>();

    RouteBindings(Fleet fleet, Ticker ticker) {
        this.fleet = fleet;
        this.ticker = ticker;
        fleet.follow(() -> bindings.keySet().retainAll(fleet.scopes()));
    }

    /**
     * What the route is bound to, or null if it leads elsewhere. A route that the fleet was not told of has no policy
     * of its own.
     */
    @Nullable
    ScopeBinding of(Route route) {
        String upstream = upstream(route.getUri());
        if (upstream == null) {
            return null;
        }
        Scope own = fleet.routeScope(route.getId()).orElse(null);
        Scope scope = own != null && own.upstream().name().equals(upstream)
                ? own
                : fleet.upstreamScope(upstream).orElse(null);
        return scope == null ? null : binding(scope);
    }

    /** The cookies of other names in which sessions may still come. */
    List<SetCookie> former(ScopeBinding binding) {
        return binding.former().isEmpty() ? List.of() : binding.former(ticker.nanos());
    }

    @SuppressWarnings("ReferenceEquality") // a policy is replaced, never changed
    private ScopeBinding binding(Scope scope) {
        ScopeBinding known = bindings.get(scope);
        if (known == null || known.policy() != scope.policy()) {
            known = known == null ? ScopeBinding.of(scope) : known.next(ticker.nanos());
            bindings.put(scope, known);
        }
        return known;
    }

    /** The name in {@code lb://name} or {@code lb:ws://name}, or null if it is neither. */
    private static @Nullable String upstream(URI uri) {
        if (!BALANCED.equalsIgnoreCase(uri.getScheme())) {
            return null;
        }
        return uri.isOpaque() ? URI.create(uri.getSchemeSpecificPart()).getHost() : uri.getHost();
    }
}
