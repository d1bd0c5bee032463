package io.mooring.health;

/** What a probe says of a backend. */
public enum ProbeVerdict {
    /** It can serve. */
    SUCCESS("success"),
    /** It cannot. */
    FAILURE("failure"),
    /** Nothing: it could not be asked, as for want of a descriptor. */
    UNKNOWN("unknown");

    private final String key;

    ProbeVerdict(String key) {
        this.key = key;
    }

    /** Its name in metrics. */
    public String key() {
        return key;
    }
}
