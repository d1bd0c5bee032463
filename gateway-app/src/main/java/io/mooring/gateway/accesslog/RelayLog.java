package io.mooring.gateway.accesslog;

import io.mooring.balancer.session.CookieAction;
import io.mooring.balancer.session.Outcome;
import io.mooring.l4.ConnectionRecord;
import io.mooring.l4.L4Observer;

/** Writes a line for each TCP or TLS connection and UDP flow. */
public final class RelayLog implements L4Observer {

    private final AccessLog log;

    /** Writes to this log. */
    public RelayLog(AccessLog log) {
        this.log = log;
    }

    @Override
    public void ended(ConnectionRecord connection) {
        log.write(() -> entry(connection));
    }

    private static AccessEntry entry(ConnectionRecord connection) {
        Outcome outcome = connection.outcome();
        return new AccessEntry.Builder()
                .with(LogField.PROTOCOL, connection.protocol().key())
                .with(LogField.LISTENER, connection.listener())
                .with(LogField.CLIENT, ClientText.of(connection.client()))
                .with(LogField.SERVER_NAME, connection.tls().serverName())
                .with(LogField.TLS, connection.tls().version())
                .with(LogField.ALPN, connection.tls().alpn())
                .with(LogField.SCOPE, connection.scope())
                .with(LogField.BACKEND, connection.backend())
                .with(LogField.OUTCOME, outcome == null ? null : outcome.key())
                .with(LogField.COOKIE, CookieAction.NONE.key())
                .with(LogField.BYTES_IN, connection.bytesToBackend())
                .with(LogField.BYTES_OUT, connection.bytesFromBackend())
                .with(LogField.DURATION, connection.duration())
                .with(LogField.END, connection.ending().key())
                .build();
    }
}
