package io.mooring.l4.tls;

import io.mooring.balancer.topology.BackendTlsSpec;
import io.mooring.balancer.upstream.Backend;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.NetUtil;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks TLS with the backends of one upstream, and verifies who they are.
 *
 * <p>Connections that are there when its bundle is replaced stay as they are. Safe for concurrent use.
 */
public final class BackendTls {

    private static final Logger log = LoggerFactory.getLogger(BackendTls.class);
    private static final String VERIFY_NAME = "HTTPS";
    private static final String VERIFY_NO_NAME = "";

    private final BackendTlsSpec spec;
    private final String upstream;
    private final Map<String, String> failing = new ConcurrentHashMap<>();
    private final LongAdder failed = new LongAdder();
    private volatile @Nullable SslContext context;

    BackendTls(String upstream, BackendTlsSpec spec, BundleInUse bundle) {
        this.upstream = upstream;
        this.spec = spec;
        bundle.use(this::prepare);
    }

    /** What it was made by. */
    BackendTlsSpec spec() {
        return spec;
    }

    /**
     * Has TLS spoken on a channel that is not connected yet, in front of the handler of this name, which sees a plain
     * stream as a {@link TlsStream} describes it.
     *
     * @param client what was negotiated with the client
     */
    public void begin(Channel channel, String before, Backend backend, ClientTls client, TlsHandshake handshake) {
        SslHandler ssl = handler(channel.alloc(), backend, offered(client));
        TlsStream.install(channel.pipeline(), before, ssl, new Watched(backend.id(), handshake));
    }

    /**
     * The handler that speaks TLS with a backend and verifies it, for one connection that is not traffic's: how its
     * handshake ends is not counted.
     *
     * @param alpn application protocols to offer
     */
    public SslHandler handler(ByteBufAllocator buffers, Backend backend, List<String> alpn) {
        String name = spec.serverName().orElse(backend.host());
        SslHandler ssl =
                Objects.requireNonNull(context, "the bundle is in use").newHandler(buffers, name, backend.port());
        SSLParameters parameters = ssl.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(spec.verifyHostname() ? VERIFY_NAME : VERIFY_NO_NAME);
        parameters.setServerNames(asked(name));
        parameters.setApplicationProtocols(alpn.toArray(String[]::new));
        ssl.engine().setSSLParameters(parameters);
        return ssl;
    }

    /** How many handshakes have failed. */
    public long failedHandshakes() {
        return failed.sum();
    }

    /** An address is not asked for, nor what is no name to the letter of RFC 1123. */
    private static List<SNIServerName> asked(String name) {
        if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(name));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    /** A client and a backend that negotiate apart would each speak what the other does not expect. */
    private List<String> offered(ClientTls client) {
        if (!client.isTerminated()) {
            return spec.alpn();
        }
        return spec.alpn().stream().filter(each -> each.equals(client.alpn())).toList();
    }

    /** Without what a backend says that does not speak TLS, which may be long, secret and never the same. */
    private static String reason(Throwable cause) {
        return cause instanceof NotSslRecordException ? "it does not speak TLS" : String.valueOf(cause.getMessage());
    }

    private Runnable prepare(TlsBundle bundle) {
        SslContext next = context(bundle);
        return () -> context = next;
    }

    private static SslContext context(TlsBundle bundle) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(bundle.trust().orElse(null))
                    .protocols(TlsDefaults.protocols(List.of(), bundle))
                    .ciphers(TlsDefaults.ciphers(List.of(), bundle));
            if (bundle.keys().isPresent()) {
                Credentials.of(bundle);
                builder.keyManager(bundle.keys().get());
            }
            return TlsDefaults.tried(builder.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsSetupException(bundle.name(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Counts handshakes that fail, and says so once until one succeeds or fails for another reason. */
    private final class Watched implements TlsHandshake {
        private final String backend;
        private final TlsHandshake inner;

        Watched(String backend, TlsHandshake inner) {
            this.backend = backend;
            this.inner = inner;
        }

        @Override
        public void succeeded(SSLEngine engine) {
            failing.remove(backend);
            inner.succeeded(engine);
        }

        @Override
        public void failed(Throwable cause) {
            // Whoever closed the connection, it was not for TLS: it may have been us, since the client has left.
            if (!(cause instanceof ClosedChannelException)) {
                failed.increment();
                String reason = reason(cause);
                if (!reason.equals(failing.put(backend, reason))) {
                    log.warn("upstream {}: the TLS handshake with {} failed: {}", upstream, backend, reason);
                }
            }
            inner.failed(cause);
        }
    }
}
