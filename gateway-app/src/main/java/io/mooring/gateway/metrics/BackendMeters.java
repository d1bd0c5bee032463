package io.mooring.gateway.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** The meters of all backends of a fleet, as backends and upstreams come and go. */
final class BackendMeters {

    private final Fleet fleet;
    private final MeterRegistry registry;
    private final Function<Upstream, Object> kind;
    private final BiFunction<Upstream, Member, List<Meter>> registration;
    private final Map<Upstream, Followed> followed = new HashMap<>();

    private BackendMeters(
            Fleet fleet,
            MeterRegistry registry,
            Function<Upstream, Object> kind,
            BiFunction<Upstream, Member, List<Meter>> registration) {
        this.fleet = fleet;
        this.registry = registry;
        this.kind = kind;
        this.registration = registration;
    }

    /**
     * Registers meters from now on.
     *
     * @param kind what decides which meters there are, beside the backend; compared by equality
     * @param registration registers those of a backend
     */
    static void follow(
            Fleet fleet,
            MeterRegistry registry,
            Function<Upstream, Object> kind,
            BiFunction<Upstream, Member, List<Meter>> registration) {
        BackendMeters meters = new BackendMeters(fleet, registry, kind, registration);
        fleet.follow(meters::update);
        meters.update();
    }

    private synchronized void update() {
        Set<Upstream> now = Set.copyOf(fleet.upstreams());
        followed.entrySet().removeIf(entry -> {
            boolean gone = !now.contains(entry.getKey());
            if (gone) {
                entry.getKey().ignore(entry.getValue().observer);
                entry.getValue().roster.become(List.of());
            }
            return gone;
        });
        for (Upstream upstream : now) {
            Followed known = followed.get(upstream);
            if (known == null) {
                followed.put(upstream, observe(upstream));
            } else {
                known.observer.accept(upstream.snapshot());
            }
        }
    }

    private Followed observe(Upstream upstream) {
        MeterRoster<Entry> roster = new MeterRoster<>(registry, entry -> registration.apply(upstream, entry.member));
        Consumer<UpstreamSnapshot> observer = snapshot -> {
            Object kindNow = kind.apply(upstream);
            roster.become(snapshot.members().stream()
                    .map(member -> new Entry(member, kindNow))
                    .toList());
        };
        upstream.observe(observer);
        return new Followed(roster, observer);
    }

    private record Followed(MeterRoster<Entry> roster, Consumer<UpstreamSnapshot> observer) {}

    /** A backend, whatever its state, for as long as it is the same. */
    private static final class Entry {
        private final Member member;
        private final Object kind;

        Entry(Member member, Object kind) {
            this.member = member;
            this.kind = kind;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entry entry && activity() == entry.activity() && kind.equals(entry.kind);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(activity());
        }

        private BackendActivity activity() {
            return member.activity();
        }
    }
}
