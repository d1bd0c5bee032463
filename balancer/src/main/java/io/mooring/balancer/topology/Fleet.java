package io.mooring.balancer.topology;

import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.upstream.Upstream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The live upstreams and scopes of a gateway.
 *
 * <p>Safe for concurrent use. It owns the scopes and closes them when it is closed.
 */
public final class Fleet implements AutoCloseable {

    private final Map<String, Upstream> upstreams = new LinkedHashMap<>();
    private final Map<String, Scope> upstreamScopes = new LinkedHashMap<>();
    private final Map<String, Scope> routeScopes = new HashMap<>();
    private final Map<String, Map<String, Scope>> listenerScopes = new HashMap<>();
    private final List<Scope> scopes = new ArrayList<>();

    /** Brings a topology to life. */
    public Fleet(Topology topology, SessionContext context) {
        for (UpstreamSpec spec : topology.upstreams()) {
            Upstream upstream =
                    new Upstream(spec.name(), spec.backends(), spec.states(), context.ticker(), spec.proxyProtocol());
            upstreams.put(spec.name(), upstream);
            upstreamScopes.put(spec.name(), open(ScopeId.Kind.UPSTREAM, spec.name(), upstream, spec.policy(), context));
        }
        for (RouteSpec route : topology.routes()) {
            routeScopes.put(
                    route.id(), scope(ScopeId.Kind.ROUTE, route.id(), route.upstream(), route.policy(), context));
        }
        for (ListenerSpec listener : topology.listeners()) {
            Map<String, Scope> byUpstream = new LinkedHashMap<>();
            for (String upstream : listener.upstreams()) {
                byUpstream.put(
                        upstream,
                        scope(
                                ScopeId.Kind.LISTENER,
                                scopeName(listener, upstream),
                                upstream,
                                listener.policy(),
                                context));
            }
            listenerScopes.put(listener.name(), byUpstream);
        }
    }

    /** The upstreams, in the order of their configuration. */
    public Collection<Upstream> upstreams() {
        return List.copyOf(upstreams.values());
    }

    /** The upstream of this name. */
    public Optional<Upstream> upstream(String name) {
        return Optional.ofNullable(upstreams.get(name));
    }

    /** All scopes: the upstreams' in order, then those of the routes and listeners that override one. */
    public Collection<Scope> scopes() {
        return List.copyOf(scopes);
    }

    /** The scope that the upstream's own policy makes. */
    public Optional<Scope> upstreamScope(String upstream) {
        return Optional.ofNullable(upstreamScopes.get(upstream));
    }

    /** The scope that decides for a route: its own, or its upstream's. Empty for routes that lead elsewhere. */
    public Optional<Scope> routeScope(String routeId) {
        return Optional.ofNullable(routeScopes.get(routeId));
    }

    /**
     * The scopes that decide for a listener, by the names of the upstreams that it leads to, its default first: its
     * own, or the upstreams'. Empty for a listener that there is not.
     */
    public Map<String, Scope> listenerScopes(String listener) {
        return Collections.unmodifiableMap(listenerScopes.getOrDefault(listener, Map.of()));
    }

    /** The scope that decides for the clients of a listener whom nothing leads elsewhere. */
    public Optional<Scope> listenerScope(String listener) {
        return listenerScopes(listener).values().stream().findFirst();
    }

    @Override
    public void close() {
        scopes.forEach(Scope::close);
    }

    /** A policy makes one scope for each upstream that it decides for; a listener's name has no {@code @}. */
    private static String scopeName(ListenerSpec listener, String upstream) {
        return upstream.equals(listener.upstream()) ? listener.name() : listener.name() + "@" + upstream;
    }

    private Scope scope(
            ScopeId.Kind kind, String name, String upstream, Optional<Policy> policy, SessionContext context) {
        if (policy.isEmpty()) {
            return required(upstreamScopes, upstream);
        }
        return open(kind, name, required(upstreams, upstream), policy.get(), context);
    }

    private Scope open(ScopeId.Kind kind, String name, Upstream upstream, Policy policy, SessionContext context) {
        Scope scope = new Scope(new ScopeId(kind, name), upstream, policy, context);
        scopes.add(scope);
        return scope;
    }

    private static <T> T required(Map<String, T> all, String name) {
        T found = all.get(name);
        if (found == null) {
            throw new IllegalArgumentException("upstream: " + name + " (expected: one that is declared)");
        }
        return found;
    }
}
