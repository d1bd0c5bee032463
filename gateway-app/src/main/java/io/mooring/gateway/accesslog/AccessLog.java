package io.mooring.gateway.accesslog;

import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes entries to the logger {@value #LOGGER}, one line each, on a thread of its own.
 *
 * <p>{@link #write} may be called on an event loop: it never waits. When the thread falls behind by
 * {@value #CAPACITY} entries, further ones are dropped and counted. {@link #close} writes what is
 * queued, for at most {@value #CLOSE_SECONDS} seconds.
 */
public final class AccessLog implements AutoCloseable {

    /** The logger's name; its level {@code off} turns the log off and makes {@link #write} free. */
    public static final String LOGGER = "mooring.access";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final int CAPACITY = 65_536;
    private static final int CLOSE_SECONDS = 5;
    private static final Supplier<AccessEntry> END = AccessLog::nothing;

    private final BlockingQueue<Supplier<AccessEntry>> queue;
    private final LongAdder dropped = new LongAdder();
    private final BooleanSupplier enabled;
    private final Consumer<String> sink;
    private final Thread writer;
    private volatile boolean closed;

    /** An access log that writes to its logger. */
    public AccessLog() {
        this(CAPACITY, LOG::isInfoEnabled, LOG::info);
    }

    AccessLog(int capacity, BooleanSupplier enabled, Consumer<String> sink) {
        this.enabled = enabled;
        this.sink = sink;
        this.queue = new ArrayBlockingQueue<>(capacity);
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
        if (closed || !queue.offer(entry)) {
            dropped.increment();
        }
    }

    /** How many entries were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (queue.offer(END, CLOSE_SECONDS, TimeUnit.SECONDS)) {
                writer.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A line that cannot be written is one that is dropped; the next may fare better. */
    private void put(Supplier<AccessEntry> entry) {
        try {
            sink.accept(entry.get().line());
        } catch (RuntimeException e) {
            dropped.increment();
        }
    }

    private static AccessEntry nothing() {
        return new AccessEntry(Map.of());
    }

    private void run() {
        try {
            Supplier<AccessEntry> next = queue.take();
            while (next != END) {
                put(next);
                next = queue.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
