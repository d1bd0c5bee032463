package io.mooring.loadtest.clients.openloop;

import io.mooring.loadtest.clients.http.CookieJar;
import io.mooring.loadtest.clients.http.Fault;
import io.mooring.loadtest.clients.http.HttpConnection;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Carries one request at a time, on a connection that it keeps while the gateway does, and checks each response.
 *
 * <p>Confined to its event loop. It owns its connection.
 */
final class Lane implements HttpConnection.Owner {

    /** Who hears what becomes of the requests. */
    interface Owner {

        /** The good response to the request due then is all there; {@link #free} follows. */
        void answered(long dueNanos, long nowNanos);

        /** A request failed, or the first connection; {@link #free} follows. */
        void failed(Fault fault, String detail);

        /** The lane can carry a request. */
        void free(Lane lane);
    }

    private final OpenLoopOptions options;
    private final EventLoop loop;
    private final CookieJar cookies;
    private final Owner owner;
    private @Nullable HttpConnection connection;
    private boolean busy;
    private long dueNanos;
    private long freeNanos;

    /** The jar is one for all lanes: together they are one client. */
    Lane(OpenLoopOptions options, EventLoop loop, CookieJar cookies, Owner owner) {
        this.options = options;
        this.loop = loop;
        this.cookies = cookies;
        this.owner = owner;
    }

    /** Since when it has been free. */
    long freeNanos() {
        return freeNanos;
    }

    /** Opens the connection ahead of the first request; the lane is free when that has come to an end. */
    void open() {
        connection = HttpConnection.open(options.target().address(), loop, this);
    }

    /** Carries a request, on a new connection if the last one is gone. */
    void carry(long due) {
        dueNanos = due;
        busy = true;
        if (connection == null) {
            open();
        } else {
            connection.send(options.target().get(cookies));
        }
    }

    void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public void opened() {
        if (busy) {
            carry(dueNanos);
        } else {
            becomeFree();
        }
    }

    @Override
    public void answered(FullHttpResponse response) {
        long now = System.nanoTime();
        String body = response.content().toString(StandardCharsets.UTF_8).strip();
        if (!response.status().equals(HttpResponseStatus.OK)) {
            owner.failed(Fault.STATUS, response.status() + " " + body);
        } else if (options.expect().isPresent() && !options.expect().get().equals(body)) {
            owner.failed(Fault.CHANGED, "from " + options.expect().get() + " to " + body);
        } else {
            owner.answered(dueNanos, now);
        }
        if (!cookies.isEmpty()) {
            cookies.update(response.headers());
        }
        if (!HttpUtil.isKeepAlive(response)) {
            close();
        }
        becomeFree();
    }

    @Override
    public void lost(Fault fault, String why) {
        connection = null;
        owner.failed(fault, why);
        becomeFree();
    }

    @Override
    public void closedIdle() {
        connection = null;
    }

    private void becomeFree() {
        busy = false;
        freeNanos = System.nanoTime();
        owner.free(this);
    }
}
