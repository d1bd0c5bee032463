package io.mooring.balancer.upstream;

import java.util.Locale;

/** What an operator wants of a backend. */
public enum AdminState {
    /** To serve, if it can. */
    READY,
    /** To take no new session and serve those bound to it, until the drain timeout if there is one. */
    DRAINING,
    /** To serve nobody and not to be probed. */
    MAINTENANCE;

    /** The name in the configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
