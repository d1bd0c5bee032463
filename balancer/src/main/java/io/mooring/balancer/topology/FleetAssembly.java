package io.mooring.balancer.topology;

import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.upstream.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes the next state of a fleet: takes over each upstream whose name stays and each scope whose id and upstream stay,
 * and makes the others. What it takes over is left as it is; how that is to change is listed apart.
 *
 * <p>To be used once, by one thread.
 */
final class FleetAssembly {

    private final FleetState before;
    private final Topology topology;
    private final SessionContext context;
    private final Map<ScopeId, Scope> known;
    private final Map<String, Upstream> upstreams = new LinkedHashMap<>();
    private final Map<String, Scope> upstreamScopes = new LinkedHashMap<>();
    private final List<Scope> scopes = new ArrayList<>();
    private final List<Runnable> changes = new ArrayList<>();

    FleetAssembly(FleetState before, Topology topology, SessionContext context) {
        this.before = before;
        this.topology = topology;
        this.context = context;
        this.known = before.scopes().stream().collect(Collectors.toMap(Scope::id, Function.identity()));
    }

    FleetState assemble() {
        for (UpstreamSpec spec : topology.upstreams()) {
            Upstream upstream = upstream(spec);
            upstreams.put(spec.name(), upstream);
            upstreamScopes.put(spec.name(), scope(ScopeId.Kind.UPSTREAM, spec.name(), upstream, spec.policy()));
        }
        Map<String, Scope> routeScopes = new HashMap<>();
        for (RouteSpec route : topology.routes()) {
            routeScopes.put(route.id(), scope(ScopeId.Kind.ROUTE, route.id(), route.upstream(), route.policy()));
        }
        Map<String, Map<String, Scope>> listenerScopes = new HashMap<>();
        for (ListenerSpec listener : topology.listeners()) {
            Map<String, Scope> byUpstream = new LinkedHashMap<>();
            for (String upstream : listener.upstreams()) {
                byUpstream.put(
                        upstream,
                        scope(ScopeId.Kind.LISTENER, scopeName(listener, upstream), upstream, listener.policy()));
            }
            listenerScopes.put(listener.name(), byUpstream);
        }
        return new FleetState(topology, upstreams, upstreamScopes, routeScopes, listenerScopes, List.copyOf(scopes));
    }

    /** What is to be done to what was taken over, in this order. */
    List<Runnable> changes() {
        return List.copyOf(changes);
    }

    private Upstream upstream(UpstreamSpec spec) {
        Upstream kept = before.upstreams().get(spec.name());
        if (kept == null) {
            return new Upstream(
                    spec.name(),
                    spec.backends(),
                    spec.states(),
                    context.ticker(),
                    context.wallClock(),
                    spec.proxyProtocol());
        }
        changes.add(() -> kept.become(spec.backends(), spec.states(), spec.proxyProtocol()));
        return kept;
    }

    private Scope scope(ScopeId.Kind kind, String name, String upstream, Optional<Policy> policy) {
        return policy.isEmpty()
                ? required(upstreamScopes, upstream)
                : scope(kind, name, required(upstreams, upstream), policy.get());
    }

    private Scope scope(ScopeId.Kind kind, String name, Upstream upstream, Policy policy) {
        ScopeId id = new ScopeId(kind, name);
        Scope kept = known.get(id);
        Scope scope;
        if (kept != null && kept.upstream() == upstream) {
            changes.add(() -> kept.become(policy));
            scope = kept;
        } else {
            scope = new Scope(id, upstream, policy, context);
        }
        scopes.add(scope);
        return scope;
    }

    /** A policy makes one scope for each upstream that it decides for; a listener's name has no {@code @}. */
    private static String scopeName(ListenerSpec listener, String upstream) {
        return upstream.equals(listener.upstream()) ? listener.name() : listener.name() + "@" + upstream;
    }

    private static <T> T required(Map<String, T> all, String name) {
        T found = all.get(name);
        if (found == null) {
            throw new IllegalArgumentException("upstream: " + name + " (expected: one that is declared)");
        }
        return found;
    }
}
