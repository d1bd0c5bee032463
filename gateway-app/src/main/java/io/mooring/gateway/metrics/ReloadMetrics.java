package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.gateway.reload.LiveConfiguration;
import java.time.Duration;
import java.time.Instant;

/** Registers the metrics of the configuration that is in force. */
public final class ReloadMetrics implements MeterBinder {

    private final LiveConfiguration configuration;

    /** Metrics of this configuration. */
    public ReloadMetrics(LiveConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        GatewayMetrics.counter(
                MetricName.RELOADS, Tags.of("result", "applied"), configuration, LiveConfiguration::applied, registry);
        GatewayMetrics.counter(
                MetricName.RELOADS, Tags.of("result", "refused"), configuration, LiveConfiguration::refused, registry);
        GatewayMetrics.gauge(
                MetricName.IN_FORCE_SINCE,
                Tags.empty(),
                configuration,
                c -> Duration.between(Instant.EPOCH, c.lastApplied()).toMillis() / 1e3,
                registry);
    }
}
