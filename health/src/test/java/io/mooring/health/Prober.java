package io.mooring.health;

import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Probes real backends, one at a time. */
final class Prober implements AutoCloseable {

    static final Duration TIMEOUT = Duration.ofSeconds(2);
    static final String USER_AGENT = "mooring-health/test";

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ProbeTransport transport;
    private final DnsAddressResolverGroup names;
    private final ExecutorTimer timer = new ExecutorTimer(System::nanoTime);

    Prober() {
        this(NioSocketChannel.class, NioDatagramChannel::new);
    }

    /**
     * A prober with sockets of this kind.
     *
     * @param toAsk makes what names are asked by
     */
    Prober(Class<? extends SocketChannel> streams, ChannelFactory<? extends DatagramChannel> toAsk) {
        transport = new ProbeTransport(loops, streams, NioDatagramChannel.class);
        names = new DnsAddressResolverGroup(
                new DnsNameResolverBuilder().datagramChannelFactory(toAsk).socketChannelType(NioSocketChannel.class));
    }

    ProbeResult probe(ProbeSpec spec, Backend backend) throws Exception {
        return probe(spec, backend, TIMEOUT);
    }

    ProbeResult probe(ProbeSpec spec, Backend backend, Duration timeout) throws Exception {
        ProbeTls tls = spec.tls() instanceof ProbeSpec.Tls.Apart apart
                ? new TlsApart(apart, spec instanceof ProbeSpec.Grpc, timer.executor())
                : null;
        return probe(spec, backend, timeout, tls);
    }

    ProbeResult probe(ProbeSpec spec, Backend backend, Duration timeout, @Nullable ProbeTls tls) throws Exception {
        return probe(spec, backend, timeout, tls, null);
    }

    ProbeResult probe(
            ProbeSpec spec,
            Backend backend,
            Duration timeout,
            @Nullable ProbeTls tls,
            @Nullable ProxyProtocol proxyProtocol)
            throws Exception {
        HealthCheckSpec check = new HealthCheckSpec(spec, timeout.multipliedBy(2), timeout, 2, 2, null);
        CompletableFuture<ProbeResult> result = new CompletableFuture<>();
        new NettyProbe(transport, names, check, tls, proxyProtocol, USER_AGENT)
                .begin(backend, timeout, result::complete);
        return result.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        timer.close();
        names.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
