package io.mooring.health;

import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * All that watches over one upstream, as it was declared: lets time pass, ejects and probes.
 *
 * @param checks what probes it, or null if nothing does
 */
record UpstreamWatch(
        Upstream upstream,
        UpstreamSpec spec,
        UpstreamClock clock,
        @Nullable Ejector ejector,
        @Nullable UpstreamChecks checks)
        implements AutoCloseable {

    void start() {
        clock.start();
        if (ejector != null) {
            ejector.start();
        }
        if (checks != null) {
            checks.start();
        }
    }

    /** Whether it is still what the upstream declares, whatever the backends. */
    boolean fits(Upstream now, UpstreamSpec declared) {
        return upstream == now
                && spec.states().equals(declared.states())
                && spec.proxyProtocol().equals(declared.proxyProtocol())
                && spec.healthCheck().equals(declared.healthCheck());
    }

    @Override
    public void close() {
        clock.close();
        if (ejector != null) {
            ejector.close();
        }
        if (checks != null) {
            checks.close();
        }
    }
}
