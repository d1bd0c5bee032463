package io.mooring.balancer.upstream;

/**
 * A backend as it stands in one snapshot of its upstream.
 *
 * @param backend what was configured
 * @param state what the backend may be used for
 * @param activity its live figures, shared with the other snapshots
 * @param share how many tenths of its weight it has, {@value #FULL_SHARE} unless it starts slowly
 * @param lastResort whether it is used although it was not found able to serve, since none was
 * @param awaited whether sessions bound to it stay so while it cannot serve and others do
 */
public record Member(
        Backend backend, BackendState state, BackendActivity activity, int share, boolean lastResort, boolean awaited) {

    /** The share of a backend that has all of its weight. */
    public static final int FULL_SHARE = 10;

    /** A member of full share that nothing is special about. */
    public Member(Backend backend, BackendState state, BackendActivity activity) {
        this(backend, state, activity, FULL_SHARE, false, false);
    }

    /** The backend's id. */
    public String id() {
        return backend.id();
    }

    /** Its weight now, in tenths of what is configured. */
    public int weight() {
        return backend.weight() * share;
    }

    /** Whether a client without a session may be sent here. */
    public boolean takesNew() {
        return (state.takesNew() || lastResort) && backend.weight() > 0;
    }

    /** Whether a client with a session bound to this backend may be sent here. */
    public boolean servesBound() {
        return state.servesBound() || lastResort;
    }
}
