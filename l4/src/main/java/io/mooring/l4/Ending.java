package io.mooring.l4;

/** How a connection or flow came to its end. */
public enum Ending {
    /** Both peers had said all they had to say. */
    COMPLETED("completed"),
    /** The client reset the connection or vanished. */
    CLIENT_ABORTED("client-aborted"),
    /** The backend reset the connection or vanished, or nobody listened for its datagrams any more. */
    BACKEND_ABORTED("backend-aborted"),
    /** Nothing was sent either way for the idle timeout: of a UDP flow, the usual end. */
    IDLE("idle"),
    /** The client's TLS handshake failed. */
    HANDSHAKE_FAILED("handshake-failed"),
    /** The client's TLS handshake took too long. */
    HANDSHAKE_TIMEOUT("handshake-timeout"),
    /** The client sent nothing in the time for its first byte. */
    SILENT("silent"),
    /** There was no backend to choose, or none of them could be reached. */
    NO_BACKEND("no-backend"),
    /** The policy is strict, and the client's own backend could not serve it. */
    REFUSED("refused"),
    /** The longest silent flow gave way to a new one. */
    EVICTED("evicted"),
    /** The client is to come again, and to be given another backend. */
    RESCHEDULED("rescheduled"),
    /** The listener was stopped and its deadline had passed. */
    STOPPED("stopped"),
    /** The gateway itself could not go on, such as for want of file descriptors. */
    FAILED("failed");

    private final String key;

    Ending(String key) {
        this.key = key;
    }

    /** The name in logs. */
    public String key() {
        return key;
    }
}
