package io.mooring.loadtest.clients.openloop;

import io.mooring.loadtest.clients.http.Fault;
import io.mooring.loadtest.clients.http.Faults;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What became of the requests. Warm-up counts for the faults alone.
 *
 * <p>Not thread-safe: of one event loop, and read when that has ended.
 */
final class Latencies {

    /** A request that leaves later than this, though it could have left before, is the driver's fault. */
    static final Duration LATE = Duration.ofMillis(1);

    private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final Faults faults = new Faults();
    private final Histogram micros = new Histogram(MAX_MICROS, 3);
    private final long fromNanos;
    private long lastNanos;
    private long late;

    /** Measures requests that are due from this time on. */
    Latencies(long fromNanos) {
        this.fromNanos = fromNanos;
        lastNanos = fromNanos;
    }

    /** A request left that was due and had a free connection from the times given on. */
    void sent(long dueNanos, long freeNanos, long nowNanos) {
        long possible = dueNanos - freeNanos > 0 ? dueNanos : freeNanos;
        if (isMeasured(dueNanos) && nowNanos - possible > LATE.toNanos()) {
            late++;
        }
    }

    /** The last byte of a request's good response came. */
    void answered(long dueNanos, long nowNanos) {
        if (isMeasured(dueNanos)) {
            micros.recordValue(Math.min(TimeUnit.NANOSECONDS.toMicros(nowNanos - dueNanos), MAX_MICROS));
            lastNanos = nowNanos;
        }
    }

    void failed(Fault fault, String detail) {
        faults.add("request", fault, detail);
    }

    boolean isGood() {
        return faults.isEmpty() && micros.getTotalCount() > 0;
    }

    /** One JSON object on one line. */
    String toJson() {
        return String.format(
                Locale.ROOT,
                "{\"requests\":%d,\"seconds\":%.3f,\"faults\":%s,\"p50_us\":%d,\"p99_us\":%d,\"p999_us\":%d,\"max_us\":%d,\"late\":%d}",
                micros.getTotalCount(),
                (lastNanos - fromNanos) / (double) TimeUnit.SECONDS.toNanos(1),
                faults.toJson(),
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99),
                micros.getValueAtPercentile(99.9),
                micros.getMaxValue(),
                late);
    }

    private boolean isMeasured(long dueNanos) {
        return dueNanos - fromNanos >= 0;
    }
}
