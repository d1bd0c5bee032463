package io.mooring.gateway.tls;

import io.mooring.l4.tls.TlsBundle;
import io.mooring.l4.tls.TlsBundles;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * The bundles of {@code spring.ssl.bundle}. Those with {@code reload-on-update} are replaced when their files change.
 * Safe for concurrent use.
 */
public final class SpringTlsBundles implements TlsBundles {

    private final SslBundles bundles;

    /** These bundles. */
    public SpringTlsBundles(SslBundles bundles) {
        this.bundles = bundles;
    }

    @Override
    public TlsBundle load(String name) {
        return read(name, bundles.getBundle(name));
    }

    @Override
    public void onReplacement(String name, Consumer<Supplier<TlsBundle>> listener) {
        bundles.addBundleUpdateHandler(name, replacement -> listener.accept(() -> read(name, replacement)));
    }

    /** A bundle reads its files when it is first asked for what is in them. */
    private static TlsBundle read(String name, SslBundle bundle) {
        SslOptions options = bundle.getOptions();
        return new TlsBundle(
                name,
                bundle.getStores().getKeyStore() == null
                        ? Optional.empty()
                        : Optional.of(bundle.getManagers().getKeyManagerFactory()),
                bundle.getStores().getTrustStore() == null
                        ? Optional.empty()
                        : Optional.of(bundle.getManagers().getTrustManagerFactory()),
                list(options.getEnabledProtocols()),
                list(options.getCiphers()));
    }

    private static List<String> list(String @Nullable [] values) {
        return values == null ? List.of() : List.of(values);
    }
}
