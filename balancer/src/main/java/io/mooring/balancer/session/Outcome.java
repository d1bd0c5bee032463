package io.mooring.balancer.session;

/** What became of persistence for one request, connection or flow. */
public enum Outcome {
    /** The scope has no persistence: balanced. */
    OFF("off"),
    /** The balancing is IP hash: the client's address chose, and nothing is remembered. */
    HASHED("hashed"),
    /** No session came with the client: balanced, and a session begun. */
    NEW("new"),
    /** A valid session, whose backend can serve it: sent there. */
    KEPT("kept"),
    /** The session outlived its idle timeout: balanced, and a new one begun. */
    IDLE_EXPIRED("idle-expired"),
    /** The session outlived its absolute timeout: balanced, and a new one begun. */
    MAX_EXPIRED("max-expired"),
    /** The cookie is not a token of this scope that a known key signed: balanced, and a session begun. */
    INVALID("invalid"),
    /** A valid session, whose backend cannot serve it: balanced and bound anew, or refused if strict. */
    MOVED("moved"),
    /** A valid session, whose backend is down or has no room for a moment: balanced, and still bound to it. */
    DIVERTED("diverted"),
    /** A valid session that an operator ended: balanced, and a new one begun. */
    REVOKED("revoked");

    private final String key;

    Outcome(String key) {
        this.key = key;
    }

    /** The name in logs and metrics. */
    public String key() {
        return key;
    }
}
