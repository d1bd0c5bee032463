package io.mooring.health;

import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Upstream;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the states of a fleet's backends right, from {@link #start} until it is closed: probes them, ejects those that
 * fail their clients, and lets time pass.
 *
 * <p>Safe for concurrent use; neither starting nor closing waits for anything. It has one thread and the sockets of the
 * probes under way, on event loops that stay their owner's. Closing it changes no state. A probe that is under way
 * then ends by itself, within its timeout.
 */
public final class HealthMonitor implements AutoCloseable {

    private final Fleet fleet;
    private final ProbeTransport transport;
    private final TrafficTls traffic;
    private final RandomGenerator random;
    private final String userAgent;
    private final ExecutorTimer timer;
    private final Phases phases;
    private final List<DnsAddressResolverGroup> names = new ArrayList<>();
    private final Map<String, UpstreamWatch> watches = new ConcurrentHashMap<>();
    private boolean started;
    private boolean closed;

    /**
     * A monitor that does nothing yet.
     *
     * @param fleet may change; what it declares anew is heeded
     * @param traffic secures probes as traffic is, where a check asks for it
     * @param random spreads the moments of probes
     * @param userAgent what probes call themselves
     */
    public HealthMonitor(
            Fleet fleet,
            ProbeTransport transport,
            TrafficTls traffic,
            Ticker ticker,
            RandomGenerator random,
            String userAgent) {
        this.fleet = fleet;
        this.transport = transport;
        this.traffic = traffic;
        this.random = random;
        this.userAgent = userAgent;
        this.timer = new ExecutorTimer(ticker);
        this.phases = new Phases(random);
        fleet.follow(this::update);
    }

    /** Begins. To be called once. */
    public synchronized void start() {
        started = true;
        update();
    }

    /** How many probes of a backend have ended so; none where nothing is probed. */
    public long probes(String upstream, String backend, ProbeVerdict verdict) {
        UpstreamWatch watch = watches.get(upstream);
        return watch == null ? 0 : watch.probes(backend, verdict);
    }

    @Override
    public synchronized void close() {
        closed = true;
        watches.values().forEach(UpstreamWatch::close);
        timer.close();
        names.forEach(DnsAddressResolverGroup::close);
    }

    /** Lets go of what watches over upstreams that are gone, and has the rest watch by what is declared. */
    private synchronized void update() {
        if (!started || closed) {
            return;
        }
        Map<String, UpstreamSpec> specs = new HashMap<>();
        fleet.topology().upstreams().forEach(spec -> specs.put(spec.name(), spec));
        watches.entrySet().removeIf(watch -> {
            boolean gone = !specs.containsKey(watch.getKey())
                    || watch.getValue().upstream()
                            != fleet.upstream(watch.getKey()).orElse(null);
            if (gone) {
                watch.getValue().close();
            }
            return gone;
        });
        specs.forEach((name, spec) -> {
            UpstreamWatch watch = watches.get(name);
            if (watch == null) {
                watches.put(name, new UpstreamWatch(fleet.upstream(name).orElseThrow(), spec, timer, this::checks));
            } else {
                watch.follow(spec);
            }
        });
    }

    private @Nullable UpstreamChecks checks(Upstream upstream, UpstreamSpec spec) {
        return spec.healthCheck().map(check -> checks(upstream, spec, check)).orElse(null);
    }

    private UpstreamChecks checks(Upstream upstream, UpstreamSpec spec, HealthCheckSpec check) {
        // A port of the check's own is one that no client comes to.
        boolean asTraffic = check.port() == null && !(check.probe() instanceof ProbeSpec.Udp);
        NettyProbe probe = new NettyProbe(
                transport,
                names(),
                check,
                tls(upstream.name(), check.probe()),
                asTraffic ? spec.proxyProtocol().orElse(null) : null,
                userAgent);
        return new UpstreamChecks(upstream, check, probe, timer, random, phases);
    }

    /** Made for the first check, so that a gateway without any does not load it. */
    private DnsAddressResolverGroup names() {
        if (names.isEmpty()) {
            names.add(new DnsAddressResolverGroup(new DnsNameResolverBuilder()
                    .datagramChannelType(transport.datagrams())
                    .socketChannelType(transport.streams())));
        }
        return names.get(0);
    }

    private @Nullable ProbeTls tls(String upstream, ProbeSpec probe) {
        boolean http2 = probe instanceof ProbeSpec.Grpc;
        ProbeSpec.Tls tls = probe.tls();
        if (tls instanceof ProbeSpec.Tls.Apart apart) {
            return new TlsApart(apart, http2, timer.executor());
        }
        List<String> alpn = http2 ? List.of("h2") : List.of();
        return tls == null ? null : (buffers, backend) -> traffic.handler(upstream, backend, alpn, buffers);
    }
}
