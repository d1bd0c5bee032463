package io.mooring.l4.tls;

import io.mooring.balancer.topology.BackendTlsSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.TlsSpec;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes what listeners and upstreams need for TLS, and has each bundle's replacement reach all that use it.
 *
 * <p>Safe for concurrent use; what it makes is for event loops, its making is not.
 */
public final class TlsContexts {

    private final TlsBundles source;
    private final InstantSource clock;
    private final Map<String, BundleInUse> bundles = new LinkedHashMap<>();
    private volatile Map<String, BackendTls> backends = Map.of();

    /**
     * TLS of these bundles.
     *
     * @param source where bundles come from
     * @param topology the upstreams and listeners that need some
     * @param clock tells which certificates are out of date
     * @throws TlsSetupException when a bundle cannot be used
     */
    public TlsContexts(TlsBundles source, Topology topology, InstantSource clock) {
        this.source = source;
        this.clock = clock;
        plan(topology).run();
    }

    /**
     * Prepares what the upstreams and listeners of another topology need. What an upstream has stays if it declares
     * the same.
     *
     * @return puts it in the place of what there is
     * @throws TlsSetupException when a bundle cannot be used; then nothing has changed
     */
    public Runnable plan(Topology topology) {
        Map<String, BackendTls> known = backends;
        Map<String, BackendTls> next = new LinkedHashMap<>();
        for (UpstreamSpec upstream : topology.upstreams()) {
            upstream.tls().ifPresent(tls -> next.put(upstream.name(), backend(upstream.name(), tls, known)));
        }
        for (ListenerSpec listener : topology.listeners()) {
            listener.tls().ifPresent(tls -> tls.bundles().forEach(this::bundle));
        }
        return () -> backends = Collections.unmodifiableMap(next);
    }

    /**
     * Terminates TLS as a listener declares it.
     *
     * @throws TlsSetupException when a bundle cannot be used
     */
    public ServerTls server(TlsSpec spec) {
        List<BundleInUse> inUse = spec.bundles().stream().map(this::bundle).toList();
        return new ServerTls(spec, inUse);
    }

    /** What speaks TLS with the backends of an upstream, or null if they are spoken with in the clear. */
    public @Nullable BackendTls backend(String upstream) {
        return backends.get(upstream);
    }

    /** What speaks TLS with backends, by upstream. */
    public Map<String, BackendTls> backends() {
        return backends;
    }

    /** The bundles that are in use. */
    public synchronized Collection<BundleInUse> bundles() {
        return List.copyOf(bundles.values());
    }

    private BackendTls backend(String upstream, BackendTlsSpec spec, Map<String, BackendTls> known) {
        BackendTls before = known.get(upstream);
        return before != null && before.spec().equals(spec)
                ? before
                : new BackendTls(upstream, spec, bundle(spec.bundle()));
    }

    private synchronized BundleInUse bundle(String name) {
        return bundles.computeIfAbsent(name, each -> new BundleInUse(each, source, clock));
    }
}
