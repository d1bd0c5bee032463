package io.mooring.l4.tls;

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
    private final Map<String, BackendTls> backends;

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
        Map<String, BackendTls> byUpstream = new LinkedHashMap<>();
        for (UpstreamSpec upstream : topology.upstreams()) {
            upstream.tls()
                    .ifPresent(tls -> byUpstream.put(
                            upstream.name(), new BackendTls(upstream.name(), tls, bundle(tls.bundle()))));
        }
        this.backends = Collections.unmodifiableMap(byUpstream);
        for (ListenerSpec listener : topology.listeners()) {
            listener.tls().ifPresent(tls -> tls.bundles().forEach(this::bundle));
        }
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

    private synchronized BundleInUse bundle(String name) {
        return bundles.computeIfAbsent(name, each -> new BundleInUse(each, source, clock));
    }
}
