package io.mooring.health;

import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.time.Duration;
import java.util.function.Consumer;

/** Wakes an upstream up when time changes a state of its backends: the end of an ejection, a drain, a slow start. */
final class UpstreamClock implements AutoCloseable {

    /** No sooner than this, so that a clock that goes in steps has made one. */
    private static final Duration SOONEST = Duration.ofMillis(1);

    private final Upstream upstream;
    private final Timer timer;
    private final Consumer<UpstreamSnapshot> observer;
    private Runnable cancel = () -> {};
    private boolean closed;

    UpstreamClock(Upstream upstream, Timer timer) {
        this.upstream = upstream;
        this.timer = timer;
        this.observer = snapshot -> lookAgain();
    }

    void start() {
        upstream.observe(observer);
    }

    /** To be called when it may be another time than it was that the states change at, and no member is another. */
    void lookAgain() {
        timer.schedule(Duration.ZERO, this::waitForNext);
    }

    @Override
    public void close() {
        upstream.ignore(observer);
        timer.schedule(Duration.ZERO, () -> {
            closed = true;
            cancel.run();
        });
    }

    private void waitForNext() {
        cancel.run();
        long nanos = upstream.nanosToNextChange();
        if (!closed && nanos != Long.MAX_VALUE) {
            Duration delay = Duration.ofNanos(nanos);
            cancel = timer.schedule(delay.compareTo(SOONEST) < 0 ? SOONEST : delay, this::ring);
        }
    }

    private void ring() {
        upstream.advance();
        waitForNext();
    }
}
