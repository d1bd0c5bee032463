package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import io.mooring.gateway.accesslog.AccessLog;
import io.mooring.gateway.listeners.ListenerLifecycle;
import io.mooring.gateway.tables.TableKeeper;
import io.mooring.l4.Refusal;
import io.mooring.l4.tls.BackendTls;
import io.mooring.l4.tls.BundleInUse;
import io.mooring.l4.tls.TlsContexts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
        fleet.scopes().forEach(scope -> bindScope(scope, registry));
        fleet.upstreams().forEach(upstream -> new BackendMeters(upstream, registry).follow());
        for (ListenerSpec listener : listeners.specs()) {
            Tags tags = Tags.of(
                    "listener", listener.name(), "protocol", listener.protocol().key());
            gauge(MetricName.LISTENER_ACTIVE, tags, listeners, l -> l.open(listener), registry);
            if (listener.protocol() != Protocol.UDP) {
                bindRefusals(listener, tags, registry);
            }
            counter(MetricName.DATAGRAMS_DROPPED, tags, listeners, l -> l.droppedDatagrams(listener), registry);
            counter(MetricName.FLOWS_EVICTED, tags, listeners, l -> l.evictedFlows(listener), registry);
        }
        bindTls(registry);
        counter(MetricName.LOG_DROPPED, Tags.empty(), log, AccessLog::dropped, registry);
    }

    private void bindRefusals(ListenerSpec listener, Tags tags, MeterRegistry registry) {
        for (Refusal reason : Refusal.values()) {
            if (reason.isOf(listener.protocol())) {
                counter(
                        MetricName.LISTENER_REFUSED,
                        tags.and("reason", reason.key()),
                        listeners,
                        l -> l.refused(listener, reason),
                        registry);
            }
        }
    }

    private void bindTls(MeterRegistry registry) {
        for (BundleInUse bundle : tls.bundles()) {
            Tags tags = Tags.of("bundle", bundle.name());
            counter(
                    MetricName.BUNDLE_REPLACEMENTS,
                    tags.and("result", "accepted"),
                    bundle,
                    BundleInUse::accepted,
                    registry);
            counter(
                    MetricName.BUNDLE_REPLACEMENTS,
                    tags.and("result", "refused"),
                    bundle,
                    BundleInUse::refused,
                    registry);
        }
        tls.backends()
                .forEach((upstream, backends) -> counter(
                        MetricName.BACKEND_HANDSHAKES_FAILED,
                        Tags.of("upstream", upstream),
                        backends,
                        BackendTls::failedHandshakes,
                        registry));
    }

    private void bindScope(Scope scope, MeterRegistry registry) {
        Tags tags = Tags.of("kind", scope.id().kind().key(), "scope", scope.id().name());
        for (Outcome outcome : Outcome.values()) {
            counter(MetricName.OUTCOMES, tags.and("outcome", outcome.key()), scope, s -> s.outcomes(outcome), registry);
        }
        if (scope.liveSessions().isPresent()) {
            gauge(MetricName.SESSIONS, tags, scope, s -> s.liveSessions().orElse(0), registry);
            counter(MetricName.SAVES, tags.and("result", "saved"), tables, t -> t.saved(scope.id()), registry);
            counter(MetricName.SAVES, tags.and("result", "failed"), tables, t -> t.failed(scope.id()), registry);
        }
        if (scope.exceededShares().isPresent()) {
            counter(
                    MetricName.SHARES_EXCEEDED,
                    tags,
                    scope,
                    s -> s.exceededShares().orElse(0),
                    registry);
        }
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
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    /** The meters of one upstream's backends. */
    private static final class BackendMeters {
        private final Upstream upstream;
        private final MeterRegistry registry;
        private final Map<String, List<Meter>> byBackend = new HashMap<>();

        BackendMeters(Upstream upstream, MeterRegistry registry) {
            this.upstream = upstream;
            this.registry = registry;
        }

        void follow() {
            upstream.observe(this::update);
        }

        /** Called by one thread at a time, under the upstream's lock. */
        private void update(UpstreamSnapshot snapshot) {
            HashSet<String> gone = new HashSet<>(byBackend.keySet());
            for (Member member : snapshot.members()) {
                gone.remove(member.id());
                byBackend.computeIfAbsent(member.id(), id -> register(id, member.activity()));
            }
            gone.forEach(id -> byBackend.getOrDefault(id, List.of()).forEach(registry::remove));
            byBackend.keySet().removeAll(gone);
        }

        private List<Meter> register(String id, BackendActivity activity) {
            Tags tags = Tags.of("upstream", upstream.name(), "backend", id);
            List<Meter> meters = new ArrayList<>();
            meters.add(gauge(MetricName.ACTIVE, tags, activity, BackendActivity::active, registry));
            meters.add(counter(MetricName.PICKS, tags, activity, BackendActivity::picks, registry));
            meters.add(counter(
                    MetricName.BYTES,
                    tags.and("direction", "to"),
                    activity,
                    BackendActivity::bytesToBackend,
                    registry));
            meters.add(counter(
                    MetricName.BYTES,
                    tags.and("direction", "from"),
                    activity,
                    BackendActivity::bytesFromBackend,
                    registry));
            return meters;
        }
    }
}
