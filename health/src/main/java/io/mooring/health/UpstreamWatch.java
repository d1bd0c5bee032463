package io.mooring.health;

import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.EjectionPolicy;
import io.mooring.balancer.upstream.Upstream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that watches over one upstream, as it is declared: lets time pass, ejects and probes.
 *
 * <p>Followed and closed by one thread at a time; {@link #probes} is for any.
 */
final class UpstreamWatch implements AutoCloseable {

    private final Upstream upstream;
    private final Timer timer;
    private final Checks making;
    private final UpstreamClock clock;
    private UpstreamSpec spec;
    private @Nullable Ejector ejector;
    private volatile @Nullable UpstreamChecks checks;

    /**
     * Begins to watch.
     *
     * @param making makes what probes the upstream; asked again whenever the probes have become others
     */
    UpstreamWatch(Upstream upstream, UpstreamSpec spec, Timer timer, Checks making) {
        this.upstream = upstream;
        this.spec = spec;
        this.timer = timer;
        this.making = making;
        this.clock = new UpstreamClock(upstream, timer);
        clock.start();
        eject(spec.states().ejection());
        check();
    }

    /** What it watches over. */
    Upstream upstream() {
        return upstream;
    }

    /**
     * Watches by another declaration from now on. What that leaves as it was goes on: a probe that is under way,
     * failures that were counted.
     */
    void follow(UpstreamSpec next) {
        UpstreamSpec before = spec;
        spec = next;
        if (!Objects.equals(before.states().ejection(), next.states().ejection())) {
            if (ejector != null) {
                ejector.close();
            }
            eject(next.states().ejection());
        }
        boolean probesAlike = before.healthCheck().equals(next.healthCheck())
                && before.proxyProtocol().equals(next.proxyProtocol());
        if (!probesAlike) {
            stopChecks();
            check();
        }
        clock.lookAgain();
    }

    /** How many probes of the backend have ended so. */
    long probes(String backend, ProbeVerdict verdict) {
        UpstreamChecks now = checks;
        return now == null ? 0 : now.probes(backend, verdict);
    }

    @Override
    public void close() {
        clock.close();
        if (ejector != null) {
            ejector.close();
        }
        stopChecks();
    }

    private void eject(@Nullable EjectionPolicy policy) {
        ejector = policy == null ? null : new Ejector(upstream, policy, timer);
        if (ejector != null) {
            ejector.start();
        }
    }

    private void check() {
        UpstreamChecks next = making.of(upstream, spec);
        checks = next;
        if (next != null) {
            next.start();
        }
    }

    private void stopChecks() {
        UpstreamChecks now = checks;
        if (now != null) {
            now.close();
        }
    }

    /** Makes the checks of an upstream. */
    @FunctionalInterface
    interface Checks {

        /** Checks that have not begun, or null if the upstream declares none. */
        @Nullable
        UpstreamChecks of(Upstream upstream, UpstreamSpec spec);
    }
}
