package io.mooring.loadtest.clients.http;

/** What can go wrong with a request. */
public enum Fault {
    /** The connection was not accepted. */
    CONNECT,
    /** The connection ended before the whole response was there. */
    CLOSED,
    /** No whole response came in time. */
    TIMEOUT,
    /** The response was not {@code 200}, or named no backend. */
    STATUS,
    /** The first response set no cookie. */
    NO_COOKIE,
    /** Another backend than the client's answered. */
    CHANGED,
    /** No connection became free for the request, so it was never sent. */
    UNSENT
}
