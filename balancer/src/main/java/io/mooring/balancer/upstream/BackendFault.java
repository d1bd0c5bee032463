package io.mooring.balancer.upstream;

/** How a backend can fail a client. */
public enum BackendFault {
    /** It accepted no connection, or not in time; or nobody listened for a datagram. */
    CONNECT("connect"),
    /** It broke off before it had answered. */
    RESET("reset"),
    /** It did not answer in time. */
    TIMEOUT("timeout"),
    /** It answered with status 502, 503 or 504. */
    GATEWAY_ERROR("gateway-error");

    private final String key;

    BackendFault(String key) {
        this.key = key;
    }

    /** The name in the configuration, in logs and metrics. */
    public String key() {
        return key;
    }
}
