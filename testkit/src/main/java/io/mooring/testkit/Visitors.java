package io.mooring.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients who come one after another, without a pause, and are each to be served.
 *
 * <p>Safe for concurrent use. Each has a thread of its own until they are stopped.
 */
public final class Visitors {

    private final AtomicInteger served = new AtomicInteger();
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private Visitors(Visit visit, int atOnce) {
        for (int i = 0; i < atOnce; i++) {
            threads.add(new Thread(() -> comeAndGo(visit), "visitor"));
        }
    }

    /** So many at once, who come from now on. */
    public static Visitors making(Visit visit, int atOnce) {
        Visitors visitors = new Visitors(visit, atOnce);
        visitors.threads.forEach(Thread::start);
        return visitors;
    }

    /** How many were served by now. */
    public int served() {
        return served.get();
    }

    /** Why those were not served who were not. */
    public List<IOException> failures() {
        return List.copyOf(failures);
    }

    /** Lets those finish who are there, and no more come. */
    public void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void comeAndGo(Visit visit) {
        while (!stopped) {
            try {
                visit.make();
                served.incrementAndGet();
            } catch (IOException e) {
                failures.add(e);
            }
        }
    }

    /** One visit, which fails if it is not served as it should be. */
    @FunctionalInterface
    public interface Visit {

        /** Comes, and goes when it was served. */
        void make() throws IOException;
    }
}
