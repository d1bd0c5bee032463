package io.mooring.l4;

/** Why a listener turned a client away before or just after it was served. */
public enum Refusal {
    /** Its TLS handshake failed. */
    HANDSHAKE_FAILED("handshake-failed"),
    /** Its TLS handshake took too long. */
    HANDSHAKE_TIMEOUT("handshake-timeout");

    private final String key;

    Refusal(String key) {
        this.key = key;
    }

    /** The name in metrics. */
    public String key() {
        return key;
    }
}
