package io.mooring.balancer.upstream;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the states of an upstream's backends come about and what they mean for its traffic.
 *
 * @param checked whether backends are probed, so that a new one takes no traffic until it was found able to serve
 * @param allDown what becomes of traffic when no backend is ready
 * @param slowStart over how long a backend that comes back gets its full weight; zero for at once
 * @param flapGrace for how long the sessions of a backend that is down wait for it, served by others; zero to move them
 *     at once
 * @param drainTimeout after how long of draining the sessions left are moved; null for never
 * @param ejection when a backend that fails its clients is taken out; null for never
 */
public record StatePolicy(
        boolean checked,
        AllDown allDown,
        Duration slowStart,
        Duration flapGrace,
        @Nullable Duration drainTimeout,
        @Nullable EjectionPolicy ejection) {

    /** The policy of an upstream that declares nothing. */
    public static final StatePolicy DEFAULT =
            new StatePolicy(false, AllDown.TRY_ALL, Duration.ZERO, Duration.ZERO, null, EjectionPolicy.DEFAULT);

    public StatePolicy {
        Objects.requireNonNull(allDown, "allDown");
        if (slowStart.isNegative()) {
            throw new IllegalArgumentException("slow-start: " + slowStart + " (expected: 0s or more)");
        }
        if (flapGrace.isNegative()) {
            throw new IllegalArgumentException("flap-grace: " + flapGrace + " (expected: 0s or more)");
        }
        if (drainTimeout != null && (drainTimeout.isNegative() || drainTimeout.isZero())) {
            throw new IllegalArgumentException("drain-timeout: " + drainTimeout + " (expected: more than 0s)");
        }
    }
}
