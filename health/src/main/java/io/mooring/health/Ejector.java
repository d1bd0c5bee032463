package io.mooring.health;

import io.mooring.balancer.upstream.BackendFault;
import io.mooring.balancer.upstream.BackendObserver;
import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.EjectionPolicy;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Has the backends of an upstream ejected that fail their clients several times in a row.
 *
 * <p>It is told on event loops, where it only counts; what follows is done on the timer's thread, for a backend once at
 * a time however many event loops ask for it.
 */
final class Ejector implements BackendObserver, AutoCloseable {

    private final Upstream upstream;
    private final EjectionPolicy policy;
    private final Timer timer;
    private final Map<String, FaultRun> runs = new ConcurrentHashMap<>();
    private final Set<String> suspects = ConcurrentHashMap.newKeySet();
    private final Consumer<UpstreamSnapshot> observer = this::forgetOthers;

    Ejector(Upstream upstream, EjectionPolicy policy, Timer timer) {
        this.upstream = upstream;
        this.policy = policy;
        this.timer = timer;
    }

    void start() {
        upstream.observe(observer);
        upstream.watch(this);
    }

    @Override
    public void observed(String backendId, BackendSignal signal) {
        FaultRun run = runs.get(backendId);
        if (run != null && run.count(signal) && suspects.add(backendId)) {
            BackendFault last = signal.fault();
            timer.schedule(Duration.ZERO, () -> eject(backendId, last == null ? BackendFault.CONNECT : last));
        }
    }

    @Override
    public void close() {
        upstream.watch(BackendObserver.NONE);
        upstream.ignore(observer);
    }

    private void eject(String id, BackendFault last) {
        suspects.remove(id);
        upstream.eject(id, last);
    }

    private void forgetOthers(UpstreamSnapshot snapshot) {
        Set<String> ids = snapshot.members().stream().map(Member::id).collect(Collectors.toSet());
        runs.keySet().retainAll(ids);
        ids.forEach(id -> runs.computeIfAbsent(id, added -> new FaultRun(policy)));
    }
}
