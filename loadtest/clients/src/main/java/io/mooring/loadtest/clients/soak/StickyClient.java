package io.mooring.loadtest.clients.soak;

import io.mooring.loadtest.clients.http.CookieJar;
import io.mooring.loadtest.clients.http.Fault;
import io.mooring.loadtest.clients.http.HttpConnection;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client with a cookie jar that sends a request at every interval, on a connection that it keeps for some requests,
 * drops and opens again. A request that is due while another is under way follows it at once; of several, only one
 * does, so that a slow gateway is not given ever more to do.
 *
 * <p>Confined to its event loop. It owns its connection and closes it in the end.
 */
final class StickyClient implements HttpConnection.Owner {

    private final int number;
    private final SoakOptions options;
    private final EventLoop loop;
    private final Tally tally;
    private final RandomGenerator random;
    private final Promise<Void> done;
    private final CookieJar cookies = new CookieJar();
    private long dueNanos;
    private long endNanos;
    private int requestsLeft;
    private @Nullable HttpConnection connection;
    private @Nullable String backend;

    StickyClient(int number, SoakOptions options, EventLoop loop, Tally tally, RandomGenerator random) {
        this.number = number;
        this.options = options;
        this.loop = loop;
        this.tally = tally;
        this.random = random;
        this.done = loop.newPromise();
    }

    /** Begins, with the first request somewhere in the first interval; the future completes after the last response. */
    Future<Void> start() {
        long now = System.nanoTime();
        dueNanos = now + random.nextLong(options.interval().toNanos());
        endNanos = now + options.length().toNanos();
        awaitNext();
        return done;
    }

    private void awaitNext() {
        if (dueNanos - endNanos >= 0) {
            drop();
            done.setSuccess(null);
            return;
        }
        loop.schedule(this::connectAndSend, Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS)
                .addListener(sent -> {
                    if (!sent.isSuccess()) {
                        done.tryFailure(sent.cause());
                    }
                });
    }

    private void connectAndSend() {
        if (connection == null) {
            connection = HttpConnection.open(options.target().address(), loop, this);
            requestsLeft = 1 + random.nextInt(2 * options.requestsPerConnection() - 1);
        } else {
            connection.send(options.target().get(cookies));
        }
    }

    @Override
    public void opened() {
        tally.connected();
        connectAndSend();
    }

    @Override
    public void answered(FullHttpResponse response) {
        String body = response.content().toString(StandardCharsets.UTF_8).strip();
        if (!response.status().equals(HttpResponseStatus.OK) || body.isEmpty()) {
            tally.failed(Fault.STATUS, number, response.status() + " " + body);
        } else {
            tally.answered(System.nanoTime() - dueNanos);
            if (cookies.update(response.headers())) {
                tally.cookieSet();
            }
            compare(body);
        }
        requestsLeft--;
        if (requestsLeft == 0 || !HttpUtil.isKeepAlive(response)) {
            drop();
        }
        proceed();
    }

    private void compare(String answering) {
        if (backend == null) {
            tally.bound(answering);
            if (cookies.isEmpty()) {
                tally.failed(Fault.NO_COOKIE, number, "from " + answering);
            }
        } else if (!backend.equals(answering)) {
            tally.failed(Fault.CHANGED, number, "from " + backend + " to " + answering);
        }
        backend = answering;
    }

    @Override
    public void lost(Fault fault, String why) {
        connection = null;
        tally.failed(fault, number, why);
        proceed();
    }

    @Override
    public void closedIdle() {
        connection = null;
    }

    private void proceed() {
        long now = System.nanoTime();
        long next = dueNanos + options.interval().toNanos();
        dueNanos = next - now < 0 ? now : next;
        awaitNext();
    }

    private void drop() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
