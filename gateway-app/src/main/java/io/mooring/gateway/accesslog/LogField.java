package io.mooring.gateway.accesslog;

/** The fields of an access log line, in their order. {@code docs/observability.md} explains them. */
public enum LogField {
    /** {@code http}, {@code https}, {@code tcp}, {@code tls} or {@code udp}. */
    PROTOCOL("protocol"),
    /** The layer 4 listener's name. */
    LISTENER("listener"),
    /** The client's address and port. */
    CLIENT("client"),
    /** The server name that the client asked for in its TLS hello. */
    SERVER_NAME("server-name"),
    /** The version of TLS that ended here. */
    TLS("tls"),
    /** The application protocol that was negotiated there. */
    ALPN("alpn"),
    /** The request's method. */
    METHOD("method"),
    /** The request's path, as sent, without the query. */
    PATH("path"),
    /** The response's status. */
    STATUS("status"),
    /** The scope that decided. */
    SCOPE("scope"),
    /** The backend's id. */
    BACKEND("backend"),
    /** What became of persistence. */
    OUTCOME("outcome"),
    /** What the response did to the session cookie. */
    COOKIE("cookie"),
    /** Payload bytes from the client to the backend. */
    BYTES_IN("bytes-in"),
    /** Payload bytes from the backend to the client. */
    BYTES_OUT("bytes-out"),
    /** From the head of the request, or the accept, to the end, in milliseconds. */
    DURATION("duration-ms"),
    /** How it ended. */
    END("end");

    private final String key;

    LogField(String key) {
        this.key = key;
    }

    /** The name in the line. */
    public String key() {
        return key;
    }
}
