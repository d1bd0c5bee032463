package io.mooring.gateway.accesslog;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes entries to the logger {@value #LOGGER}, one line each, on a thread of its own.
 *
 * <p>{@link #write} may be called on an event loop: it never waits, not even for a lock. When the thread falls behind
 * by {@value #CAPACITY} entries, further ones are dropped and counted. {@link #close} writes what is queued, for at
 * most {@value #CLOSE_SECONDS} seconds.
 */
public final class AccessLog implements AutoCloseable {

    /** The logger's name; its level {@code off} turns the log off and makes {@link #write} free. */
    public static final String LOGGER = "mooring.access";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final int CAPACITY = 65_536;
    private static final int CLOSE_SECONDS = 5;

    private final Queue<Supplier<AccessEntry>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final int capacity;
    private final BooleanSupplier enabled;
    private final Predicate<String> sink;
    private final Thread writer;
    private volatile boolean waiting;
    private volatile boolean closed;

    /** An access log that writes to its logger. */
    public AccessLog() {
        this(CAPACITY, LOG::isInfoEnabled, AccessLog::log);
    }

    AccessLog(int capacity, BooleanSupplier enabled, Predicate<String> sink) {
        this.capacity = capacity;
        this.enabled = enabled;
        this.sink = sink;
        this.writer = new Thread(this::run, "mooring-access-log");
        this.writer.setDaemon(true);
        this.writer.start();
    }

    /** Whether lines are written at all. */
    public boolean isEnabled() {
        return enabled.getAsBoolean();
    }

    /** Queues an entry, to be put together and written by the log's own thread. */
    public void write(Supplier<AccessEntry> entry) {
        if (!isEnabled()) {
            return;
        }
        if (closed) {
            dropped.increment();
            return;
        }
        if (queued.incrementAndGet() > capacity) {
            queued.decrementAndGet();
            dropped.increment();
            return;
        }
        queue.add(entry);
        if (waiting) {
            LockSupport.unpark(writer);
        }
    }

    /** How many entries were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(writer);
        try {
            writer.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A line that cannot be written is one that is dropped; the next may fare better. */
    private void put(Supplier<AccessEntry> entry) {
        try {
            if (!sink.test(entry.get().line())) {
                dropped.increment();
            }
        } catch (RuntimeException e) {
            dropped.increment();
        }
    }

    /** Whether the line was written, as far as standard output can tell. */
    private static boolean log(String line) {
        long before = StandardOutput.failures();
        LOG.info(line);
        return StandardOutput.failures() == before;
    }

    private void run() {
        while (true) {
            Supplier<AccessEntry> next = queue.poll();
            if (next != null) {
                queued.decrementAndGet();
                put(next);
            } else if (closed) {
                return;
            } else {
                await();
            }
        }
    }

    /** Waits for an entry or the end; what came before {@code waiting} was seen is seen here. */
    private void await() {
        waiting = true;
        if (queue.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        waiting = false;
    }
}
