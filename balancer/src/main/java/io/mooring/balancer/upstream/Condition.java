package io.mooring.balancer.upstream;

/**
 * All that bears on the state of a backend at one moment. The one place where the state is derived.
 *
 * @param admin what the operator wants
 * @param vitality what the checks say
 * @param ejected whether it is out for having failed its clients
 * @param weightless whether its weight is 0, which drains it
 * @param drained whether it has been draining for the drain timeout
 */
record Condition(AdminState admin, Vitality vitality, boolean ejected, boolean weightless, boolean drained) {

    /** The state: what the operator forbids goes before what the backend cannot do, and that before draining. */
    BackendState state() {
        if (admin == AdminState.MAINTENANCE || (isDraining() && drained)) {
            return BackendState.MAINTENANCE;
        }
        if (ejected || vitality == Vitality.DOWN) {
            return BackendState.DOWN;
        }
        if (vitality == Vitality.PROBING) {
            return BackendState.PROBING;
        }
        return isDraining() ? BackendState.DRAINING : BackendState.READY;
    }

    /** Whether it is to take no new session, and still to serve those bound to it. */
    boolean isDraining() {
        return admin == AdminState.DRAINING || weightless;
    }
}
