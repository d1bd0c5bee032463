package io.mooring.l4;

import io.mooring.balancer.topology.BackendTlsSpec;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.l4.tls.TlsBundle;
import io.mooring.l4.tls.TlsBundles;
import io.mooring.l4.tls.TlsContexts;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Bundles by name that a test replaces. */
final class TestBundles implements TlsBundles {

    private final Map<String, TlsBundle> bundles = new ConcurrentHashMap<>();
    private final Map<String, Consumer<Supplier<TlsBundle>>> listeners = new ConcurrentHashMap<>();

    TestBundles(Map<String, TlsBundle> bundles) {
        this.bundles.putAll(bundles);
    }

    /** A bundle of these keys that trusts the certificates of those. */
    static TlsBundle bundle(String name, KeyStore keys, KeyStore... trusted) {
        try {
            return new TlsBundle(
                    name,
                    Optional.of(TestCertificates.keys(keys)),
                    Optional.of(TestCertificates.trusting(trusted)),
                    List.of(),
                    List.of());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A bundle without keys that trusts the certificates of those. */
    static TlsBundle trusting(String name, KeyStore... trusted) {
        try {
            return new TlsBundle(
                    name, Optional.empty(), Optional.of(TestCertificates.trusting(trusted)), List.of(), List.of());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What speaks TLS with the backends of the upstream "up" by these bundles. */
    TlsContexts toBackends(BackendTlsSpec tls) {
        UpstreamSpec upstream = new UpstreamSpec(
                "up",
                TestGateway.BALANCED,
                List.of(new Backend("a", "127.0.0.1", 1, 1)),
                StatePolicy.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Optional.of(tls));
        return new TlsContexts(this, new Topology(List.of(upstream), List.of(), List.of()), InstantSource.system());
    }

    void replace(String name, Supplier<TlsBundle> replacement) {
        Objects.requireNonNull(listeners.get(name)).accept(replacement);
    }

    @Override
    public TlsBundle load(String name) {
        TlsBundle bundle = bundles.get(name);
        if (bundle == null) {
            throw new IllegalStateException("there is no " + name);
        }
        return bundle;
    }

    @Override
    public void onReplacement(String name, Consumer<Supplier<TlsBundle>> listener) {
        listeners.put(name, listener);
    }
}
