package io.mooring.balancer.reschedule;

/** Why an open connection or flow is broken off, so that its client comes again and is given another backend. */
public enum RescheduleReason {
    /** Its backend is one of its upstream no more, or its listener does not lead there any more. */
    REMOVED("removed"),
    /** Its backend is down, as a check or its clients have found. */
    UNHEALTHY("unhealthy"),
    /** Its backend drains, has weight 0 or is in maintenance. */
    DRAINED("drained"),
    /** Backends have come, and are to have their share. */
    ADDED("added");

    private final String key;

    RescheduleReason(String key) {
        this.key = key;
    }

    /** The name in the configuration and in metrics. */
    public String key() {
        return key;
    }
}
