package io.mooring.health;

import io.mooring.balancer.upstream.BackendFault;
import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.EjectionPolicy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts a backend's failures in a row. A connection ends a run of failed connects, an answer any run: so what accepts
 * connections and never answers is found, too.
 *
 * <p>Safe for concurrent use and made for event loops: where nothing is wrong, it reads two numbers.
 */
final class FaultRun {

    private final EjectionPolicy policy;
    private final AtomicInteger connects = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();

    FaultRun(EjectionPolicy policy) {
        this.policy = policy;
    }

    /**
     * Counts a signal; tells whether there are now as many failures as the policy says, in which case it begins anew.
     */
    boolean count(BackendSignal signal) {
        switch (signal) {
            case CONNECTED -> end(connects);
            case ANSWERED -> answered();
            case GATEWAY_ERROR -> {
                if (!policy.counts().contains(BackendFault.GATEWAY_ERROR)) {
                    answered();
                }
            }
            case LOST, CONNECT_FAILED, CONNECT_TIMED_OUT, RESET, TIMED_OUT -> {}
        }
        BackendFault fault = signal.fault();
        if (fault == null || !policy.counts().contains(fault)) {
            return false;
        }
        AtomicInteger run = fault == BackendFault.CONNECT ? connects : answers;
        if (run.incrementAndGet() < policy.after()) {
            return false;
        }
        run.set(0);
        return true;
    }

    private void answered() {
        end(connects);
        end(answers);
    }

    private static void end(AtomicInteger run) {
        if (run.get() != 0) {
            run.set(0);
        }
    }
}
