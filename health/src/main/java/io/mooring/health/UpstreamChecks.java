package io.mooring.health;

import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The checks of an upstream's backends, as these come and go. One in maintenance is not probed, and begins anew when it
 * comes back from there.
 */
final class UpstreamChecks implements AutoCloseable {

    private final Upstream upstream;
    private final HealthCheckSpec spec;
    private final Probe probe;
    private final Timer timer;
    private final RandomGenerator random;
    private final Phases phases;
    private final Map<String, BackendCheck> checks = new HashMap<>();
    private final Map<String, ProbeCounter> counters = new ConcurrentHashMap<>();
    private final Consumer<UpstreamSnapshot> observer = this::observed;

    UpstreamChecks(
            Upstream upstream, HealthCheckSpec spec, Probe probe, Timer timer, RandomGenerator random, Phases phases) {
        this.upstream = upstream;
        this.spec = spec;
        this.probe = probe;
        this.timer = timer;
        this.random = random;
        this.phases = phases;
    }

    void start() {
        upstream.observe(observer);
    }

    /** How many probes of the backend have ended so; none of one that is not there. */
    long probes(String id, ProbeVerdict verdict) {
        ProbeCounter counter = counters.get(id);
        return counter == null ? 0 : counter.of(verdict);
    }

    /** Stops all checks. */
    @Override
    public void close() {
        upstream.ignore(observer);
        timer.schedule(Duration.ZERO, () -> follow(Set.of(), Set.of()));
    }

    private void observed(UpstreamSnapshot snapshot) {
        Set<String> known = new HashSet<>();
        Set<String> probed = new HashSet<>();
        for (Member member : snapshot.members()) {
            known.add(member.id());
            if (member.state() != BackendState.MAINTENANCE) {
                probed.add(member.id());
            }
        }
        timer.schedule(Duration.ZERO, () -> follow(known, probed));
    }

    private void follow(Set<String> known, Set<String> probed) {
        checks.entrySet().removeIf(entry -> {
            boolean gone = !probed.contains(entry.getKey());
            if (gone) {
                entry.getValue().stop();
            }
            return gone;
        });
        counters.keySet().retainAll(known);
        for (String id : probed) {
            checks.computeIfAbsent(id, this::begin);
        }
    }

    private BackendCheck begin(String id) {
        ProbeCounter counter = counters.computeIfAbsent(id, added -> new ProbeCounter());
        BackendCheck check = new BackendCheck(upstream, id, spec, probe, timer, random, counter);
        check.start(phases.next());
        return check;
    }
}
