package io.mooring.health;

import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.EjectionPolicy;
import io.mooring.balancer.upstream.Upstream;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final ExecutorTimer timer;
    private final List<DnsAddressResolverGroup> names = new ArrayList<>();
    private final Map<String, UpstreamChecks> checks = new HashMap<>();
    private final List<Runnable> starts = new ArrayList<>();
    private final List<AutoCloseable> parts = new ArrayList<>();

    /**
     * A monitor that does nothing yet.
     *
     * @param traffic secures probes as traffic is, where a check asks for it
     * @param random spreads the moments of probes
     * @param userAgent what probes call themselves
     */
    public HealthMonitor(
            Topology topology,
            Fleet fleet,
            ProbeTransport transport,
            TrafficTls traffic,
            Ticker ticker,
            RandomGenerator random,
            String userAgent) {
        this.timer = new ExecutorTimer(ticker);
        Phases phases = new Phases(random);
        for (UpstreamSpec spec : topology.upstreams()) {
            Upstream upstream = fleet.upstream(spec.name()).orElseThrow();
            UpstreamClock clock = new UpstreamClock(upstream, timer);
            add(clock, clock::start);
            EjectionPolicy ejection = spec.states().ejection();
            if (ejection != null) {
                Ejector ejector = new Ejector(upstream, ejection, timer);
                add(ejector, ejector::start);
            }
            spec.healthCheck().ifPresent(check -> {
                NettyProbe probe = new NettyProbe(
                        transport, names(transport), check, tls(spec.name(), check.probe(), traffic), userAgent);
                UpstreamChecks ofUpstream = new UpstreamChecks(upstream, check, probe, timer, random, phases);
                checks.put(spec.name(), ofUpstream);
                add(ofUpstream, ofUpstream::start);
            });
        }
    }

    /** Begins. To be called once. */
    public void start() {
        starts.forEach(Runnable::run);
    }

    /** How often probes of a backend have succeeded. */
    public long succeeded(String upstream, String backend) {
        return probes(upstream, backend, true);
    }

    /** How often probes of a backend have failed. */
    public long failed(String upstream, String backend) {
        return probes(upstream, backend, false);
    }

    @Override
    public void close() {
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException("none of them throws", e);
            }
        }
        timer.close();
        names.forEach(DnsAddressResolverGroup::close);
    }

    private long probes(String upstream, String backend, boolean good) {
        UpstreamChecks ofUpstream = checks.get(upstream);
        return ofUpstream == null ? 0 : ofUpstream.probes(backend, good);
    }

    /** Made for the first check, so that a gateway without any does not load it. */
    private DnsAddressResolverGroup names(ProbeTransport transport) {
        if (names.isEmpty()) {
            names.add(new DnsAddressResolverGroup(new DnsNameResolverBuilder()
                    .datagramChannelType(transport.datagrams())
                    .socketChannelType(transport.streams())));
        }
        return names.get(0);
    }

    private void add(AutoCloseable part, Runnable start) {
        parts.add(part);
        starts.add(start);
    }

    private @Nullable ProbeTls tls(String upstream, ProbeSpec probe, TrafficTls traffic) {
        boolean http2 = probe instanceof ProbeSpec.Grpc;
        ProbeSpec.Tls tls = probe.tls();
        if (tls instanceof ProbeSpec.Tls.Apart apart) {
            return new TlsApart(apart, http2, timer.executor());
        }
        List<String> alpn = http2 ? List.of("h2") : List.of();
        return tls == null ? null : (buffers, backend) -> traffic.handler(upstream, backend, alpn, buffers);
    }
}
