package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.BackendFault;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.health.HealthMonitor;
import io.mooring.health.ProbeVerdict;
import java.util.ArrayList;
import java.util.List;

/** Registers the metrics of backends' health, and follows the backends that come and go. */
public final class HealthMetrics implements MeterBinder {

    private final Fleet fleet;
    private final HealthMonitor monitor;

    /** Metrics of these. */
    public HealthMetrics(Fleet fleet, HealthMonitor monitor) {
        this.fleet = fleet;
        this.monitor = monitor;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        BackendMeters.follow(
                fleet,
                registry,
                this::known,
                (upstream, member) -> register(upstream, member, known(upstream), registry));
    }

    private Known known(Upstream upstream) {
        List<Scope> remembering = fleet.scopes().stream()
                .filter(scope -> scope.upstream() == upstream)
                .filter(scope -> scope.liveSessions().isPresent())
                .toList();
        return new Known(upstream.policy().checked(), remembering);
    }

    private List<Meter> register(Upstream upstream, Member member, Known known, MeterRegistry registry) {
        String id = member.id();
        BackendActivity activity = member.activity();
        Tags tags = Tags.of("upstream", upstream.name(), "backend", id);
        List<Meter> registered = new ArrayList<>();
        for (BackendState state : BackendState.values()) {
            registered.add(GatewayMetrics.gauge(
                    MetricName.STATE,
                    tags.and("state", state.key()),
                    upstream,
                    u -> isIn(u, id, state) ? 1 : 0,
                    registry));
        }
        for (BackendFault fault : BackendFault.values()) {
            registered.add(GatewayMetrics.counter(
                    MetricName.FAULTS, tags.and("fault", fault.key()), activity, a -> a.faults(fault), registry));
        }
        if (known.checked) {
            for (ProbeVerdict verdict : ProbeVerdict.values()) {
                registered.add(GatewayMetrics.counter(
                        MetricName.PROBES,
                        tags.and("result", verdict.key()),
                        monitor,
                        m -> m.probes(upstream.name(), id, verdict),
                        registry));
            }
        }
        if (!known.remembering.isEmpty()) {
            registered.add(GatewayMetrics.gauge(
                    MetricName.BOUND_SESSIONS, tags, known.remembering, scopes -> sessions(scopes, id), registry));
        }
        return registered;
    }

    private static boolean isIn(Upstream upstream, String id, BackendState state) {
        return upstream.snapshot()
                .member(id)
                .filter(member -> member.state() == state)
                .isPresent();
    }

    private static int sessions(List<Scope> scopes, String id) {
        return scopes.stream()
                .mapToInt(scope -> scope.liveSessions(id).orElse(0))
                .sum();
    }

    /** What there is to know of an upstream's backends. */
    private record Known(boolean checked, List<Scope> remembering) {}
}
