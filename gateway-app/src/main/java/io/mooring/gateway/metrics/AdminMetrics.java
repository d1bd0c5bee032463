package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.gateway.admin.AuditLog;
import io.mooring.gateway.admin.AuthenticationFailure;
import io.mooring.gateway.reload.LiveConfiguration;

/** Registers the metrics of changes at run time, and of who may make them. */
public final class AdminMetrics implements MeterBinder {

    private final AuditLog audit;
    private final LiveConfiguration configuration;

    /** Metrics of these. */
    public AdminMetrics(AuditLog audit, LiveConfiguration configuration) {
        this.audit = audit;
        this.configuration = configuration;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        GatewayMetrics.counter(
                MetricName.ADMIN_CHANGES, Tags.of("result", "applied"), audit, AuditLog::applied, registry);
        GatewayMetrics.counter(
                MetricName.ADMIN_CHANGES, Tags.of("result", "refused"), audit, AuditLog::refused, registry);
        for (AuthenticationFailure reason : AuthenticationFailure.values()) {
            GatewayMetrics.counter(
                    MetricName.ADMIN_FAILURES, Tags.of("reason", reason.key()), audit, a -> a.failed(reason), registry);
        }
        GatewayMetrics.gauge(
                MetricName.RUN_TIME_CHANGES,
                Tags.of("effect", "some"),
                configuration,
                c -> c.changes().changes().all().size() - c.changes().aside().size(),
                registry);
        GatewayMetrics.gauge(
                MetricName.RUN_TIME_CHANGES,
                Tags.of("effect", "none"),
                configuration,
                c -> c.changes().aside().size(),
                registry);
    }
}
