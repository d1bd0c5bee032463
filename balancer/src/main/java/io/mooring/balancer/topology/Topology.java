package io.mooring.balancer.topology;

import io.mooring.balancer.session.Layer;
import io.mooring.balancer.upstream.Backend;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The upstreams of a gateway and what leads to them. Immutable; every reference in it resolves, and
 * every policy fits the traffic it decides for.
 *
 * @param upstreams names that differ
 * @param routes those that lead to an upstream of ours, ids that differ
 * @param listeners names that differ
 */
public record Topology(List<UpstreamSpec> upstreams, List<RouteSpec> routes, List<ListenerSpec> listeners) {

    public Topology {
        upstreams = List.copyOf(upstreams);
        routes = List.copyOf(routes);
        listeners = List.copyOf(listeners);
        Map<String, UpstreamSpec> byName =
                upstreams.stream().collect(Collectors.toMap(UpstreamSpec::name, Function.identity()));
        for (RouteSpec route : routes) {
            require(byName.containsKey(route.upstream()), "route " + route.id(), route.upstream());
        }
        for (ListenerSpec listener : listeners) {
            for (String name : listener.upstreams()) {
                UpstreamSpec upstream = byName.get(name);
                require(upstream != null, "listener " + listener.name(), name);
                if (upstream != null
                        && !listener.policy().orElse(upstream.policy()).fits(Layer.L4)) {
                    throw new IllegalArgumentException(
                            "listener " + listener.name() + ": cookie (expected: a policy for layer 4)");
                }
            }
        }
    }

    /** The same, of other upstreams with the same names. */
    public Topology withUpstreams(UnaryOperator<UpstreamSpec> each) {
        return new Topology(upstreams.stream().map(each).toList(), routes, listeners);
    }

    /**
     * The same with the members that were found beside those that the upstreams declare.
     *
     * @param found says which, by the upstream's name
     */
    public Topology withFound(Function<String, List<Backend>> found) {
        return new Topology(
                upstreams.stream()
                        .map(upstream -> upstream.withFound(found.apply(upstream.name())))
                        .toList(),
                routes,
                listeners);
    }

    private static void require(boolean known, String who, String upstream) {
        if (!known) {
            throw new IllegalArgumentException(who + ": upstream " + upstream + " (expected: one that is declared)");
        }
    }
}
