package io.mooring.health;

/** What a probe says of a backend. */
public enum ProbeVerdict {
    /** It can serve. */
    SUCCESS("success"),
    /** It cannot. */
    FAILURE("failure"),
    /** Nothing: the gateway was short of what it takes to ask, as of descriptors. */
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
