package io.mooring.health;

import io.mooring.balancer.time.Ticker;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The timer of the running program: a daemon thread. A task that fails is reported, and the next one done. */
final class ExecutorTimer implements Timer, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ExecutorTimer.class);

    private final Ticker ticker;
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "mooring-health");
        thread.setDaemon(true);
        return thread;
    });

    ExecutorTimer(Ticker ticker) {
        this.ticker = ticker;
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long nanos() {
        return ticker.nanos();
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        try {
            Future<?> future = executor.schedule(() -> attempt(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {};
        }
    }

    /** For work that is not to be done on an event loop. */
    Executor executor() {
        return executor;
    }

    /** Drops what was not done yet. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("health: a task failed", e);
        }
    }
}
