package io.mooring.gateway.endtoend;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.topology.FlowSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.gateway.demo.DemoBackends;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The demo's TCP or UDP backends, on free ports. */
final class EchoBackends implements AutoCloseable {

    private final List<Backend> backends;
    private final DemoBackends servers;

    private EchoBackends(List<Backend> backends, DemoBackends servers) {
        this.backends = backends;
        this.servers = servers;
    }

    static EchoBackends start(String name, Protocol protocol, int count) {
        List<Backend> backends = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            backends.add(new Backend(name + "-" + i, "127.0.0.1", Ports.free(protocol), Backend.DEFAULT_WEIGHT));
        }
        Policy policy = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
        ListenerSpec listener = new ListenerSpec(
                name,
                protocol,
                "127.0.0.1",
                0,
                name,
                Optional.empty(),
                protocol.defaultIdleTimeout(),
                ListenerSpec.DEFAULT_CONNECT,
                FlowSpec.DEFAULT);
        Topology topology =
                new Topology(List.of(new UpstreamSpec(name, policy, backends)), List.of(), List.of(listener));
        return new EchoBackends(backends, DemoBackends.start(topology));
    }

    /** The {@code backends} of an upstream, as YAML in flow style. */
    String yaml() {
        return "{ " + entries() + " }";
    }

    /** Those backends without the braces, to stand beside others. */
    String entries() {
        return backends.stream()
                .map(backend -> backend.id() + ": { address: \"" + backend.address() + "\" }")
                .collect(Collectors.joining(", "));
    }

    /** The port of the first. */
    int port() {
        return backends.get(0).port();
    }

    @Override
    public void close() {
        servers.close();
    }
}
