package io.mooring.balancer.upstream;

/** What traffic shows of a backend's condition. */
public enum BackendSignal {
    /** It accepted a connection; of UDP, it sent the first answer of a flow. */
    CONNECTED(false),
    /**
     * It could not be connected to: it refused, its host could not be reached, or its name is unknown. Of UDP, its host
     * said that nobody listens.
     */
    CONNECT_FAILED(true),
    /** It did not accept a connection within the connect timeout. */
    CONNECT_TIMED_OUT(true),
    /** It reset a connection that it had accepted. */
    RESET(true);

    private final boolean failure;

    BackendSignal(boolean failure) {
        this.failure = failure;
    }

    /** Whether it speaks against the backend. */
    public boolean isFailure() {
        return failure;
    }
}
