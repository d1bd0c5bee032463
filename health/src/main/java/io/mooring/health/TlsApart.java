package io.mooring.health;

import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.upstream.Backend;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS that is a health check's own. Made off the event loops, since it reads what the JVM trusts. */
final class TlsApart implements ProbeTls {

    private final SslContext context;
    private final @Nullable String serverName;
    private final Executor executor;

    /**
     * TLS as a probe declares it.
     *
     * @param http2 whether HTTP/2 is asked for
     * @param executor does the slow parts of handshakes
     */
    TlsApart(ProbeSpec.Tls.Apart tls, boolean http2, Executor executor) {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        if (tls.verified()) {
            builder.endpointIdentificationAlgorithm("HTTPS");
        } else {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
        }
        if (http2) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, "h2"));
        }
        try {
            this.context = builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("the JDK has TLS", e);
        }
        this.serverName = tls.serverName();
        this.executor = executor;
    }

    @Override
    public ChannelHandler handler(ByteBufAllocator buffers, Backend backend) {
        return context.newHandler(buffers, serverName == null ? backend.host() : serverName, backend.port(), executor);
    }
}
