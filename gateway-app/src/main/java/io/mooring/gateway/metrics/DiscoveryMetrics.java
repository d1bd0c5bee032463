package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.discovery.AnswerKind;
import io.mooring.discovery.Discovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Registers the metrics of the finding of members, for the upstreams that have some to be found. */
public final class DiscoveryMetrics implements MeterBinder {

    private final Fleet fleet;
    private final Discovery discovery;

    /** Metrics of these. */
    public DiscoveryMetrics(Fleet fleet, Discovery discovery) {
        this.fleet = fleet;
        this.discovery = discovery;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        MeterRoster<String> finding = new MeterRoster<>(registry, upstream -> ofUpstream(upstream, registry));
        Runnable update = () -> finding.become(fleet.topology().upstreams().stream()
                .filter(upstream -> upstream.discovery().isPresent())
                .map(UpstreamSpec::name)
                .toList());
        fleet.follow(update);
        update.run();
    }

    private List<Meter> ofUpstream(String upstream, MeterRegistry registry) {
        Tags tags = Tags.of("upstream", upstream);
        List<Meter> meters = new ArrayList<>();
        meters.add(GatewayMetrics.gauge(
                MetricName.DISCOVERY_AGE,
                tags,
                discovery,
                d -> d.age(upstream).orElse(Duration.ZERO).toMillis() / 1e3,
                registry));
        for (AnswerKind kind : AnswerKind.values()) {
            meters.add(GatewayMetrics.counter(
                    MetricName.DISCOVERY_ANSWERS,
                    tags.and("result", kind.key()),
                    discovery,
                    d -> d.answers(upstream, kind),
                    registry));
        }
        return meters;
    }
}
