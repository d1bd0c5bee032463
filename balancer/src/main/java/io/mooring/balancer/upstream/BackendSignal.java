package io.mooring.balancer.upstream;

import org.jspecify.annotations.Nullable;

/** What traffic shows of a backend's condition. */
public enum BackendSignal {
    /** It accepted a connection; of UDP, it sent the first answer of a flow. */
    CONNECTED(null),
    /** It answered: a response's head of no status that speaks against it, or the first bytes of a connection. */
    ANSWERED(null),
    /**
     * It could not be connected to: it refused, its host could not be reached, or its name is unknown. Of UDP, its host
     * said that nobody listens.
     */
    CONNECT_FAILED(BackendFault.CONNECT),
    /** It did not accept a connection within the connect timeout. */
    CONNECT_TIMED_OUT(BackendFault.CONNECT),
    /** It broke off a connection that it had accepted, without an answer. */
    RESET(BackendFault.RESET),
    /** It broke off a connection on which it had answered, as some do with those that are idle. */
    LOST(null),
    /** It did not answer within the response timeout. */
    TIMED_OUT(BackendFault.TIMEOUT),
    /** It answered with status 502, 503 or 504. */
    GATEWAY_ERROR(BackendFault.GATEWAY_ERROR);

    private final @Nullable BackendFault fault;

    BackendSignal(@Nullable BackendFault fault) {
        this.fault = fault;
    }

    /** What of it speaks against the backend, or null if nothing does. */
    public @Nullable BackendFault fault() {
        return fault;
    }
}
