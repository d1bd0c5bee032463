package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.mooring.gateway.accesslog.RequestRecorder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Times HTTP requests by their route and the class of their status. The timers are kept, so that a request pays for
 * nothing but the recording. Safe for concurrent use.
 */
public final class RequestTimers implements RequestRecorder {

    private static final String NONE = "none";
    private static final int CLASSES = 10;

    private final MeterRegistry registry;
    private final Map<String, AtomicReferenceArray<@Nullable Timer>> byRoute = new ConcurrentHashMap<>();

    /** Timers of this registry. */
    public RequestTimers(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void record(@Nullable String route, @Nullable Integer status, long nanos) {
        String id = route == null ? NONE : route;
        AtomicReferenceArray<@Nullable Timer> timers = byRoute.get(id);
        if (timers == null) {
            timers = byRoute.computeIfAbsent(id, key -> new AtomicReferenceArray<>(CLASSES));
        }
        int statusClass = status == null ? 0 : Math.min(status / 100, CLASSES - 1);
        Timer timer = timers.get(statusClass);
        if (timer == null) {
            timer = register(id, statusClass);
            timers.set(statusClass, timer);
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer register(String route, int statusClass) {
        return Timer.builder(MetricName.REQUESTS.key())
                .description(MetricName.REQUESTS.description())
                .tags(Tags.of("route", route, "status", statusClass == 0 ? NONE : statusClass + "xx"))
                .register(registry);
    }
}
