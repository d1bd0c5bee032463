package io.mooring.health;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A timer whose time stands still until it is told to go on; what is due is then done in its order, by the caller. */
final class ManualTimer implements Timer {

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
    private long now;
    private long number;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        Task added = new Task(now + delay.toNanos(), number++, task);
        tasks.add(added);
        return () -> tasks.remove(added);
    }

    void advance(Duration time) {
        long until = now + time.toNanos();
        for (Task next = tasks.peek(); next != null && next.due <= until; next = tasks.peek()) {
            tasks.remove();
            now = Math.max(now, next.due);
            next.task.run();
        }
        now = until;
    }

    /** How much is to be done yet. */
    int pending() {
        return tasks.size();
    }

    private record Task(long due, long number, Runnable task) {}
}
