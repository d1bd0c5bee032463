package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The meters of things that come and go. Safe for concurrent use. */
final class MeterRoster<T> {

    private final MeterRegistry registry;
    private final Function<T, List<Meter>> registration;
    private final Map<T, List<Meter>> meters = new HashMap<>();

    /**
     * A roster of nothing.
     *
     * @param registration registers the meters of a thing
     */
    MeterRoster(MeterRegistry registry, Function<T, List<Meter>> registration) {
        this.registry = registry;
        this.registration = registration;
    }

    /** Has meters for these and no others; those that go make room for others of the same names first. */
    synchronized void become(Collection<T> things) {
        Set<T> wanted = Set.copyOf(things);
        meters.entrySet().removeIf(entry -> {
            boolean gone = !wanted.contains(entry.getKey());
            if (gone) {
                entry.getValue().forEach(registry::remove);
            }
            return gone;
        });
        things.forEach(thing -> meters.computeIfAbsent(thing, registration));
    }
}
