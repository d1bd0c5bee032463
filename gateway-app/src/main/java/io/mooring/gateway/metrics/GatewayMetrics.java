package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.gateway.accesslog.AccessLog;
import io.mooring.gateway.listeners.ListenerLifecycle;
import io.mooring.gateway.tables.TableKeeper;
import io.mooring.l4.Refusal;
import io.mooring.l4.tls.BackendTls;
import io.mooring.l4.tls.BundleInUse;
import io.mooring.l4.tls.TlsContexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Registers the metrics of scopes and backends, and follows the backends that come and go. */
public final class GatewayMetrics implements MeterBinder {

    private final Fleet fleet;
    private final ListenerLifecycle listeners;
    private final TlsContexts tls;
    private final TableKeeper tables;
    private final AccessLog log;

    /** Metrics of these. */
    public GatewayMetrics(
            Fleet fleet, ListenerLifecycle listeners, TlsContexts tls, TableKeeper tables, AccessLog log) {
        this.fleet = fleet;
        this.listeners = listeners;
        this.tls = tls;
        this.tables = tables;
        this.log = log;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        MeterRoster<PolicedScope> scopes = new MeterRoster<>(registry, policed -> ofScope(policed.scope, registry));
        MeterRoster<Opening> ports = new MeterRoster<>(registry, port -> ofListener(port, registry));
        MeterRoster<BundleInUse> bundles = new MeterRoster<>(registry, bundle -> ofBundle(bundle, registry));
        MeterRoster<Map.Entry<String, BackendTls>> secured =
                new MeterRoster<>(registry, backends -> ofBackendTls(backends, registry));
        Runnable update = () -> {
            scopes.become(fleet.scopes().stream().map(PolicedScope::of).toList());
            ports.become(fleet.topology().listeners().stream().map(Opening::of).toList());
            bundles.become(tls.bundles());
            secured.become(Map.copyOf(tls.backends()).entrySet());
        };
        fleet.follow(update);
        update.run();
        BackendMeters.follow(
                fleet, registry, upstream -> "", (upstream, member) -> ofBackend(upstream, member, registry));
        counter(MetricName.LOG_DROPPED, Tags.empty(), log, AccessLog::dropped, registry);
    }

    private List<Meter> ofListener(Opening port, MeterRegistry registry) {
        String name = port.listener;
        Tags tags = Tags.of("listener", name, "protocol", port.protocol.key());
        List<Meter> meters = new ArrayList<>();
        meters.add(gauge(MetricName.LISTENER_ACTIVE, tags, listeners, l -> l.open(name), registry));
        for (Refusal reason : Refusal.values()) {
            if (port.protocol != Protocol.UDP && reason.isOf(port.protocol)) {
                meters.add(counter(
                        MetricName.LISTENER_REFUSED,
                        tags.and("reason", reason.key()),
                        listeners,
                        l -> l.refused(name, reason),
                        registry));
            }
        }
        for (RescheduleReason reason : RescheduleReason.values()) {
            meters.add(counter(
                    MetricName.LISTENER_RESCHEDULED,
                    tags.and("reason", reason.key()),
                    listeners,
                    l -> l.rescheduled(name, reason),
                    registry));
        }
        meters.add(counter(MetricName.DATAGRAMS_DROPPED, tags, listeners, l -> l.droppedDatagrams(name), registry));
        meters.add(counter(MetricName.FLOWS_EVICTED, tags, listeners, l -> l.evictedFlows(name), registry));
        return meters;
    }

    private static List<Meter> ofBundle(BundleInUse bundle, MeterRegistry registry) {
        Tags tags = Tags.of("bundle", bundle.name());
        return List.of(
                counter(
                        MetricName.BUNDLE_REPLACEMENTS,
                        tags.and("result", "accepted"),
                        bundle,
                        BundleInUse::accepted,
                        registry),
                counter(
                        MetricName.BUNDLE_REPLACEMENTS,
                        tags.and("result", "refused"),
                        bundle,
                        BundleInUse::refused,
                        registry));
    }

    private static List<Meter> ofBackendTls(Map.Entry<String, BackendTls> backends, MeterRegistry registry) {
        return List.of(counter(
                MetricName.BACKEND_HANDSHAKES_FAILED,
                Tags.of("upstream", backends.getKey()),
                backends.getValue(),
                BackendTls::failedHandshakes,
                registry));
    }

    private List<Meter> ofScope(Scope scope, MeterRegistry registry) {
        Tags tags = Tags.of("kind", scope.id().kind().key(), "scope", scope.id().name());
        List<Meter> meters = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            meters.add(counter(
                    MetricName.OUTCOMES,
                    tags.and("outcome", outcome.key()),
                    scope,
                    s -> s.outcomes(outcome),
                    registry));
        }
        if (scope.liveSessions().isPresent()) {
            meters.add(gauge(
                    MetricName.SESSIONS, tags, scope, s -> s.liveSessions().orElse(0), registry));
            meters.add(
                    counter(MetricName.SAVES, tags.and("result", "saved"), tables, t -> t.saved(scope.id()), registry));
            meters.add(counter(
                    MetricName.SAVES, tags.and("result", "failed"), tables, t -> t.failed(scope.id()), registry));
        }
        if (scope.exceededShares().isPresent()) {
            meters.add(counter(
                    MetricName.SHARES_EXCEEDED,
                    tags,
                    scope,
                    s -> s.exceededShares().orElse(0),
                    registry));
        }
        return meters;
    }

    private static List<Meter> ofBackend(Upstream upstream, Member member, MeterRegistry registry) {
        Tags tags = Tags.of("upstream", upstream.name(), "backend", member.id());
        BackendActivity activity = member.activity();
        return List.of(
                gauge(MetricName.ACTIVE, tags, activity, BackendActivity::active, registry),
                counter(MetricName.PICKS, tags, activity, BackendActivity::picks, registry),
                counter(
                        MetricName.BYTES,
                        tags.and("direction", "to"),
                        activity,
                        BackendActivity::bytesToBackend,
                        registry),
                counter(
                        MetricName.BYTES,
                        tags.and("direction", "from"),
                        activity,
                        BackendActivity::bytesFromBackend,
                        registry));
    }

    static <T> Meter counter(
            MetricName name, Iterable<Tag> tags, T source, ToDoubleFunction<T> count, MeterRegistry registry) {
        return FunctionCounter.builder(name.key(), source, count)
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    static <T> Meter gauge(
            MetricName name, Iterable<Tag> tags, T source, ToDoubleFunction<T> value, MeterRegistry registry) {
        return Gauge.builder(name.key(), source, value)
                .description(name.description())
                .baseUnit(name.unit())
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    /** A scope as its policy has it, on which depends what there is to measure. */
    private record PolicedScope(Scope scope, Policy policy) {
        static PolicedScope of(Scope scope) {
            return new PolicedScope(scope, scope.policy());
        }
    }

    /** A listener by what its meters are called. */
    private record Opening(String listener, Protocol protocol) {
        static Opening of(ListenerSpec spec) {
            return new Opening(spec.name(), spec.protocol());
        }
    }
}
