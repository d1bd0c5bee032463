package io.mooring.health;

import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Probes over a socket of its own: connects, says what is to be said, and judges what comes. */
final class NettyProbe implements Probe {

    private final ProbeTransport transport;
    private final AddressResolverGroup<InetSocketAddress> names;
    private final HealthCheckSpec spec;
    private final @Nullable ProbeTls tls;
    private final @Nullable ProxyProtocol proxyProtocol;
    private final String userAgent;

    /**
     * A probe as a health check declares it.
     *
     * @param names finds addresses without blocking
     * @param tls secures connections, or null for not at all
     * @param proxyProtocol how TCP connections are to begin, or null if they begin with what is asked
     * @param userAgent what HTTP and gRPC say of the prober
     */
    NettyProbe(
            ProbeTransport transport,
            AddressResolverGroup<InetSocketAddress> names,
            HealthCheckSpec spec,
            @Nullable ProbeTls tls,
            @Nullable ProxyProtocol proxyProtocol,
            String userAgent) {
        this.transport = transport;
        this.names = names;
        this.spec = spec;
        this.tls = tls;
        this.proxyProtocol = proxyProtocol;
        this.userAgent = userAgent;
    }

    @Override
    public void begin(Backend backend, Duration timeout, Consumer<ProbeResult> done) {
        EventLoop loop = transport.loops().next();
        loop.execute(() -> {
            ProbeAttempt attempt = new ProbeAttempt(loop, timeout, done);
            try {
                resolve(loop, backend, attempt, timeout);
            } catch (Throwable e) {
                attempt.failed(e);
            }
        });
    }

    /** Finds the address; an IP literal is one, and is not asked for. */
    private void resolve(EventLoop loop, Backend backend, ProbeAttempt attempt, Duration timeout) {
        Integer ownPort = spec.port();
        int port = ownPort == null ? backend.port() : ownPort;
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(backend.host());
        if (literal != null) {
            connect(loop, backend, new InetSocketAddress(literal, port), attempt, timeout);
            return;
        }
        Future<InetSocketAddress> found =
                names.getResolver(loop).resolve(InetSocketAddress.createUnresolved(backend.host(), port));
        attempt.needs(found);
        found.addListener((Future<InetSocketAddress> address) -> {
            if (address.isSuccess()) {
                connect(loop, backend, address.getNow(), attempt, timeout);
            }
        });
    }

    private void connect(
            EventLoop loop, Backend backend, InetSocketAddress address, ProbeAttempt attempt, Duration timeout) {
        Bootstrap bootstrap = new Bootstrap().group(loop).disableResolver().handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                attempt.on(channel);
                prepare(channel.pipeline(), backend, attempt);
            }
        });
        if (spec.probe() instanceof ProbeSpec.Udp) {
            bootstrap.channel(transport.datagrams());
        } else {
            bootstrap.channel(transport.streams()).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                    timeout.toMillis());
        }
        bootstrap.connect(address).addListener(connected -> {
            if (connected.isSuccess()) {
                return;
            }
            // Netty tells it on a thread of its own if there was no descriptor for a socket.
            loop.execute(() -> attempt.failed(connected.cause()));
        });
    }

    private void prepare(ChannelPipeline pipeline, Backend backend, ProbeAttempt attempt) {
        if (proxyProtocol != null) {
            pipeline.addLast(new SelfAnnouncement(proxyProtocol));
        }
        if (tls != null) {
            pipeline.addLast(tls.handler(pipeline.channel().alloc(), backend));
        }
        ProbeSpec probe = spec.probe();
        if (probe instanceof ProbeSpec.Http http) {
            pipeline.addLast(new HttpClientCodec(), new HttpExchange(http, hostOf(backend), userAgent, attempt));
        } else if (probe instanceof ProbeSpec.Grpc grpc) {
            pipeline.addLast(
                    Http2FrameCodecBuilder.forClient()
                            .initialSettings(Http2Settings.defaultSettings().pushEnabled(false))
                            .build(),
                    new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                    new GrpcExchange(grpc, hostOf(backend), userAgent, attempt));
        } else if (probe instanceof ProbeSpec.Udp udp) {
            pipeline.addLast(new UdpExchange(udp, attempt));
        } else {
            pipeline.addLast(new Handshake(attempt));
        }
    }

    private String hostOf(Backend backend) {
        return spec.probe() instanceof ProbeSpec.Http http && http.host() != null ? http.host() : backend.address();
    }
}
