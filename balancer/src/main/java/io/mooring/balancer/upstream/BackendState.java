package io.mooring.balancer.upstream;

/** Whether a backend may be given new sessions, and whether those bound to it may still reach it. */
public enum BackendState {
    /** Serves everything. */
    READY("ready", true, true),
    /** Takes no new session, serves those bound to it: its operator drains it, or its weight is 0. */
    DRAINING("draining", false, true),
    /** Found unable to serve, by a check or by its clients. */
    DOWN("down", false, false),
    /** Taken out by an operator, at once or by a drain that has had its time. It is not probed. */
    MAINTENANCE("maintenance", false, false),
    /** Not yet known to be able to serve. */
    PROBING("probing", false, false);

    private final String key;
    private final boolean takesNew;
    private final boolean servesBound;

    BackendState(String key, boolean takesNew, boolean servesBound) {
        this.key = key;
        this.takesNew = takesNew;
        this.servesBound = servesBound;
    }

    /** The name in logs and metrics. */
    public String key() {
        return key;
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
