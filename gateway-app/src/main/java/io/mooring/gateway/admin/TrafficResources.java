package io.mooring.gateway.admin;

import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.RouteSpec;
import io.mooring.config.ChangeTarget;
import io.mooring.l4.BoundListener;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.http.HttpMethod;

/** The routes and listeners: where clients come from. */
final class TrafficResources {

    private static final String ROUTE = "route";
    private static final String LISTENER = "listener";

    private final Gateway gateway;
    private final PolicyPatch policies;

    TrafficResources(Gateway gateway, PolicyPatch policies) {
        this.gateway = gateway;
        this.policies = policies;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/routes",
                        call -> Reply.of(new Views.Routes(gateway.routes().getRoutes().stream()
                                .map(this::view)
                                .toList()))),
                Endpoint.get("/routes/{route}", call -> routeReply(call.path(ROUTE))),
                Endpoint.change(HttpMethod.PATCH, "/routes/{route}", this::patchRoute),
                Endpoint.get(
                        "/listeners",
                        call -> Reply.of(new Views.Listeners(gateway.fleet().topology().listeners().stream()
                                .map(this::view)
                                .toList()))),
                Endpoint.get("/listeners/{listener}", call -> listenerReply(call.path(LISTENER))),
                Endpoint.change(HttpMethod.PATCH, "/listeners/{listener}", this::patchListener));
    }

    private Reply patchRoute(Call call) {
        String id = call.path(ROUTE);
        return policies.apply(
                call, ChangeTarget.route(id), () -> gateway.route(id).policy(), () -> routeReply(id));
    }

    private Reply patchListener(Call call) {
        String name = call.path(LISTENER);
        return policies.apply(
                call, ChangeTarget.listener(name), () -> gateway.listener(name).policy(), () -> listenerReply(name));
    }

    private Reply routeReply(String id) {
        RouteDefinition definition = gateway.routes().getRoutes().stream()
                .filter(route -> id.equals(route.getId()))
                .findFirst()
                .orElseThrow(() -> Problem.missing("route of this id"));
        Optional<Policy> own = gateway.findRoute(id).flatMap(RouteSpec::policy);
        return Reply.of(view(definition), policies.tag(ChangeTarget.route(id), own));
    }

    private Reply listenerReply(String name) {
        ListenerSpec spec = gateway.listener(name);
        return Reply.of(view(spec), policies.tag(ChangeTarget.listener(name), spec.policy()));
    }

    private Views.Route view(RouteDefinition definition) {
        String id = String.valueOf(definition.getId());
        Optional<RouteSpec> spec = gateway.findRoute(id);
        Optional<Scope> scope = spec.flatMap(route -> gateway.fleet().routeScope(id));
        return new Views.Route(
                id,
                withoutUser(definition.getUri()),
                spec.map(RouteSpec::upstream).orElse(null),
                scope.map(found -> found.id().toString()).orElse(null),
                scope.map(found -> found.policy().balancing().key()).orElse(null),
                scope.map(found -> Views.PersistenceView.of(found.policy())).orElse(null),
                spec.flatMap(RouteSpec::policy).isPresent());
    }

    private Views.Listener view(ListenerSpec spec) {
        Optional<BoundListener> bound = gateway.listeners().bound().stream()
                .filter(listener -> listener.spec().name().equals(spec.name()))
                .findFirst();
        Optional<Scope> scope = gateway.fleet().listenerScope(spec.name());
        return new Views.Listener(
                spec.name(),
                spec.protocol().key(),
                spec.address(),
                bound.map(listener -> listener.address().getPort()).orElse(spec.port()),
                List.copyOf(spec.upstreams()),
                gateway.fleet().listenerScopes(spec.name()).values().stream()
                        .map(each -> each.id().toString())
                        .toList(),
                Text.of(spec.idleTimeout()),
                scope.map(found -> found.policy().balancing().key()).orElse(null),
                scope.map(found -> Views.PersistenceView.of(found.policy())).orElse(null),
                spec.policy().isPresent(),
                gateway.listeners().open(spec.name()));
    }

    /** A route may lead to a server that wants a password. */
    private static String withoutUser(@Nullable URI uri) {
        if (uri == null) {
            return "";
        }
        String text = uri.toString();
        String user = uri.getRawUserInfo();
        return user == null ? text : text.replace(user + "@", "");
    }
}
