package io.mooring.filters;

import io.mooring.filters.loadbalancer.ScopeLoadBalancer;
import io.mooring.filters.loadbalancer.ScopeLoadBalancers;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;

/** Which routes lead to an upstream of the fleet, and what each of them is bound to. Immutable. */
final class RouteBindings {

    private static final String BALANCED = "lb";

    private final ScopeLoadBalancers balancers;
    private final Map<ScopeLoadBalancer, ScopeBinding> bindings;

    RouteBindings(ScopeLoadBalancers balancers) {
        this.balancers = balancers;
        this.bindings =
                balancers.all().stream().collect(Collectors.toUnmodifiableMap(Function.identity(), ScopeBinding::of));
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
        Optional<ScopeLoadBalancer> own = balancers.ofRoute(route.getId());
        if (own.isPresent() && own.get().scope().upstream().name().equals(upstream)) {
            return bindings.get(own.get());
        }
        return balancers.ofUpstream(upstream).map(bindings::get).orElse(null);
    }

    /** The name in {@code lb://name} or {@code lb:ws://name}, or null if it is neither. */
    private static @Nullable String upstream(URI uri) {
        if (!BALANCED.equalsIgnoreCase(uri.getScheme())) {
            return null;
        }
        return uri.isOpaque() ? URI.create(uri.getSchemeSpecificPart()).getHost() : uri.getHost();
    }
}
