package io.mooring.balancer.upstream;

/**
 * A backend as it stands in one snapshot of its upstream.
 *
 * @param backend what was configured
 * @param state what the backend may be used for
 * @param activity its live figures, shared with the other snapshots
 */
public record Member(Backend backend, BackendState state, BackendActivity activity) {

    /** The backend's id. */
    public String id() {
        return backend.id();
    }

    /** Whether a client without a session may be sent here. */
    public boolean takesNew() {
        return state.takesNew() && backend.weight() > 0;
    }

    /** Whether a client with a session bound to this backend may be sent here. */
    public boolean servesBound() {
        return state.servesBound();
    }
}
