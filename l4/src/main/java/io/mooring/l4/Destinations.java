package io.mooring.l4;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.l4.tls.ServerNames;
import io.mooring.l4.tls.ServerNames.Wildcards;
import io.mooring.l4.tls.TlsContexts;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the clients of a listener are led. Immutable. */
record Destinations(Destination byDefault, ServerNames<Destination> byName) {

    /** Those of a listener, by the scopes of its upstreams. */
    static Destinations of(ListenerSpec spec, Map<String, Scope> scopes, TlsContexts tls) {
        Map<String, Destination> byUpstream = new HashMap<>();
        scopes.forEach((upstream, scope) -> byUpstream.put(upstream, new Destination(scope, tls.backend(upstream))));
        Map<String, Destination> byName = new HashMap<>();
        spec.serverNames().upstreams().forEach((name, upstream) -> byName.put(name, required(byUpstream, upstream)));
        return new Destinations(required(byUpstream, spec.upstream()), new ServerNames<>(byName, Wildcards.ANY_DEPTH));
    }

    /** Where a client is led that asks for this name, in lower case, or for none. */
    Destination of(@Nullable String serverName) {
        Destination named = byName.find(serverName);
        return named == null ? byDefault : named;
    }

    /** The upstreams that clients are led to. */
    Set<Upstream> upstreams() {
        Set<Upstream> upstreams = new LinkedHashSet<>();
        upstreams.add(byDefault.scope().upstream());
        byName.all().forEach(destination -> upstreams.add(destination.scope().upstream()));
        return upstreams;
    }

    private static Destination required(Map<String, Destination> byUpstream, String upstream) {
        Destination found = byUpstream.get(upstream);
        if (found == null) {
            throw new IllegalArgumentException("upstream: " + upstream + " (expected: one that has a scope)");
        }
        return found;
    }
}
