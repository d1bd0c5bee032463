package io.mooring.balancer.upstream;

/** Whether a backend may be given new sessions, and whether those bound to it may still reach it. */
public enum BackendState {
    /** Serves everything. */
    READY(true, true),
    /** Takes no new session, serves those bound to it. */
    DRAINING(false, true),
    /** Found unable to serve. */
    DOWN(false, false),
    /** Taken out by an operator. */
    MAINTENANCE(false, false),
    /** Not yet known to be able to serve. */
    PROBING(false, false);

    private final boolean takesNew;
    private final boolean servesBound;

    BackendState(boolean takesNew, boolean servesBound) {
        this.takesNew = takesNew;
        this.servesBound = servesBound;
    }

    /** Whether a client without a session may be sent to the backend. */
    public boolean takesNew() {
        return takesNew;
    }

    /** Whether a client with a session bound to the backend may be sent to it. */
    public boolean servesBound() {
        return servesBound;
    }
}
