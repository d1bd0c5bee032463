package io.mooring.gateway.admin;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.RouteSpec;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.gateway.listeners.ListenerLifecycle;
import io.mooring.gateway.reload.LiveConfiguration;
import io.mooring.gateway.revocation.RevocationKeeper;
import io.mooring.gateway.tables.TableKeeper;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.cloud.gateway.config.GatewayProperties;

/**
 * What the API looks at and changes.
 *
 * @param configuration through which all changes go but the end of sessions
 * @param fleet the upstreams and scopes
 * @param listeners the ports of layer 4
 * @param routes as Spring Cloud Gateway has them
 * @param revocations keeps what was ended of sessions that clients carry
 * @param tables keeps the sessions that are remembered
 * @param clock the time of day
 */
record Gateway(
        LiveConfiguration configuration,
        Fleet fleet,
        ListenerLifecycle listeners,
        GatewayProperties routes,
        RevocationKeeper revocations,
        TableKeeper tables,
        InstantSource clock) {

    UpstreamSpec upstream(String name) {
        return fleet.topology().upstreams().stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.missing("upstream of this name"));
    }

    Optional<Backend> findBackend(String upstream, String id) {
        return upstream(upstream).backends().stream()
                .filter(backend -> backend.id().equals(id))
                .findFirst();
    }

    Backend backend(String upstream, String id) {
        return findBackend(upstream, id).orElseThrow(() -> Problem.missing("backend of this id in the upstream"));
    }

    ListenerSpec listener(String name) {
        return fleet.topology().listeners().stream()
                .filter(listener -> listener.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.missing("listener of this name"));
    }

    RouteSpec route(String id) {
        return findRoute(id).orElseThrow(() -> Problem.missing("route of this id to an upstream"));
    }

    Optional<RouteSpec> findRoute(String id) {
        return fleet.topology().routes().stream()
                .filter(route -> route.id().equals(id))
                .findFirst();
    }

    Scope scope(String kind, String name) {
        return Arrays.stream(ScopeId.Kind.values())
                .filter(each -> each.key().equals(kind))
                .map(each -> new ScopeId(each, name))
                .flatMap(
                        id -> fleet.scopes().stream().filter(scope -> scope.id().equals(id)))
                .findFirst()
                .orElseThrow(() -> Problem.missing("scope of this kind and name"));
    }
}
