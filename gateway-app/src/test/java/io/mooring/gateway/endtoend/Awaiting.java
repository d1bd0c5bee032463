package io.mooring.gateway.endtoend;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what happens soon, but on another thread. */
final class Awaiting {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** A thread for each task: the common pool of a machine with two processors runs one at a time. */
    static final Executor THREADS = task -> new Thread(task, "test-task").start();

    private Awaiting() {}

    /** Lets a while pass. */
    static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    static void until(BooleanSupplier condition) {
        until(LIMIT, condition);
    }

    static void until(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + limit);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
