package io.mooring.l4.tls;

import io.mooring.balancer.topology.TlsSpec;
import io.mooring.l4.tls.ServerNames.Wildcards;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Terminates TLS for the clients of one listener, with the certificate that is for the server name they ask for.
 *
 * <p>There is one context for each bundle, so that its sessions can be resumed on any connection. Connections that are
 * there when a bundle is replaced stay as they are. Safe for concurrent use.
 */
public final class ServerTls {

    private final TlsSpec spec;
    private final String[] alpn;
    private final Map<String, Certificate> byBundle = new LinkedHashMap<>();
    private volatile @Nullable Choice choice;

    ServerTls(TlsSpec spec, List<BundleInUse> bundles) {
        this.spec = spec;
        this.alpn = spec.alpn().toArray(String[]::new);
        bundles.forEach(bundle -> bundle.use(this::prepare));
    }

    /**
     * What is for a client.
     *
     * @param serverName what it asked for, in lower case, or null
     */
    public Termination choose(@Nullable String serverName) {
        Choice chosen = Objects.requireNonNull(choice, "there is a bundle");
        SslContext named = chosen.byName().find(serverName);
        return new Termination(named == null ? chosen.byDefault() : named, named != null);
    }

    private Runnable prepare(TlsBundle bundle) {
        Set<String> names = Credentials.of(bundle).names();
        Certificate certificate = new Certificate(context(bundle), names);
        return () -> replace(bundle.name(), certificate);
    }

    private synchronized void replace(String bundle, Certificate certificate) {
        byBundle.put(bundle, certificate);
        choice = Choice.of(byBundle.values().stream().toList());
    }

    private SslContext context(TlsBundle bundle) {
        if (spec.clientAuth() != TlsSpec.ClientAuth.NONE && bundle.trust().isEmpty()) {
            throw new TlsSetupException(
                    bundle.name(), "no truststore (expected: one, since clients are asked for certificates)");
        }
        try {
            return TlsDefaults.tried(SslContextBuilder.forServer(bundle.keys().orElseThrow())
                    .sslProvider(SslProvider.JDK)
                    .trustManager(bundle.trust().orElse(null))
                    .clientAuth(
                            switch (spec.clientAuth()) {
                                case NONE -> ClientAuth.NONE;
                                case WANT -> ClientAuth.OPTIONAL;
                                case NEED -> ClientAuth.REQUIRE;
                            })
                    .protocols(TlsDefaults.protocols(spec.protocols(), bundle))
                    .ciphers(TlsDefaults.ciphers(spec.ciphers(), bundle))
                    .build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsSetupException(bundle.name(), String.valueOf(e.getMessage()), e);
        }
    }

    private record Certificate(SslContext context, Set<String> names) {}

    /** The first certificate of each name, and the first of all for the rest. */
    private record Choice(SslContext byDefault, ServerNames<SslContext> byName) {

        static Choice of(List<Certificate> certificates) {
            Map<String, SslContext> byName = new HashMap<>();
            for (Certificate certificate : certificates) {
                certificate.names().forEach(name -> byName.putIfAbsent(name, certificate.context()));
            }
            return new Choice(certificates.get(0).context(), new ServerNames<>(byName, Wildcards.ONE_LABEL));
        }
    }

    /** TLS for one client. */
    public final class Termination {
        private final SslContext context;
        private final boolean named;

        private Termination(SslContext context, boolean named) {
            this.context = context;
            this.named = named;
        }

        /**
         * Whether who vouches for the client vouches for those of the name that it asked for. It is not so where no
         * certificate is for the name, so that the client is judged by the first bundle of several.
         */
        public boolean vouchesForName() {
            return named
                    || spec.clientAuth() == TlsSpec.ClientAuth.NONE
                    || spec.bundles().size() == 1;
        }

        /**
         * Has TLS spoken on a channel from its next byte on, in front of the handler of this name, which sees a plain
         * stream as a {@link TlsStream} describes it.
         */
        public void begin(Channel channel, String before, TlsHandshake handshake) {
            SslHandler ssl = context.newHandler(channel.alloc());
            if (alpn.length > 0) {
                SSLParameters parameters = ssl.engine().getSSLParameters();
                parameters.setApplicationProtocols(alpn);
                ssl.engine().setSSLParameters(parameters);
            }
            TlsStream.install(channel.pipeline(), before, ssl, handshake);
        }
    }
}
