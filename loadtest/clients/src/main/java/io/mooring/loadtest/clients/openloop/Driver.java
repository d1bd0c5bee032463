package io.mooring.loadtest.clients.openloop;

import io.mooring.loadtest.clients.http.CookieJar;
import io.mooring.loadtest.clients.http.Fault;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Sends each request when it is due, on the lane that has been free the longest. If none is free the request waits for
 * one, and so do those after it: what waits are but the numbers from {@code next} on.
 *
 * <p>Confined to its event loop.
 */
final class Driver implements Lane.Owner {

    /** How long after the end a request that waited may still be sent. */
    private static final Duration OVERTIME = Duration.ofSeconds(10);

    private final Arrivals arrivals;
    private final EventLoop loop;
    private final Latencies latencies;
    private final Promise<Latencies> done;
    private final List<Lane> lanes;
    private final Queue<Lane> free;
    private long next;
    private boolean awaiting;

    Driver(OpenLoopOptions options, Arrivals arrivals, EventLoop loop) {
        this.arrivals = arrivals;
        this.loop = loop;
        latencies = new Latencies(arrivals.measuredFromNanos());
        done = loop.newPromise();
        CookieJar cookies = options.cookies();
        lanes = Stream.generate(() -> new Lane(options, loop, cookies, this))
                .limit(options.connections())
                .toList();
        free = new ArrayDeque<>(lanes.size());
    }

    /** Opens the connections, and sends from when the first request is due. */
    void start() {
        lanes.forEach(Lane::open);
    }

    /** Completes after the last response. */
    Future<Latencies> done() {
        return done;
    }

    @Override
    public void answered(long dueNanos, long nowNanos) {
        latencies.answered(dueNanos, nowNanos);
    }

    @Override
    public void failed(Fault fault, String detail) {
        latencies.failed(fault, detail);
    }

    @Override
    public void free(Lane lane) {
        free.add(lane);
        sendWhatIsDue();
    }

    private void sendWhatIsDue() {
        while (next < arrivals.count()) {
            long now = System.nanoTime();
            long due = arrivals.dueNanos(next);
            if (due - now > 0) {
                await(due - now);
                return;
            }
            Lane lane = free.peek();
            if (lane == null) {
                return;
            }
            if (now - arrivals.endNanos() > OVERTIME.toNanos()) {
                giveUpTheRest();
                break;
            }
            free.remove();
            next++;
            latencies.sent(due, lane.freeNanos(), now);
            lane.carry(due);
        }
        if (next == arrivals.count() && free.size() == lanes.size()) {
            lanes.forEach(Lane::close);
            done.trySuccess(latencies);
        }
    }

    private void await(long nanos) {
        if (awaiting) {
            return;
        }
        awaiting = true;
        loop.schedule(this::wake, nanos, TimeUnit.NANOSECONDS).addListener(woken -> {
            if (!woken.isSuccess()) {
                done.tryFailure(woken.cause());
            }
        });
    }

    private void wake() {
        awaiting = false;
        sendWhatIsDue();
    }

    private void giveUpTheRest() {
        for (; next < arrivals.count(); next++) {
            latencies.failed(Fault.UNSENT, "no connection was free " + OVERTIME + " after the end");
        }
    }
}
