package io.mooring.loadtest.clients.udp;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What all sockets saw. Not thread-safe: of one event loop, and read when that has ended. */
final class PairTally {

    private static final int ERRORS_SHOWN = 20;

    private final long startNanos;
    private long lastNanos;
    private long pairs;
    private long lost;
    private long changed;
    private int errors;

    PairTally(long startNanos) {
        this.startNanos = startNanos;
        lastNanos = startNanos;
    }

    void paired() {
        pairs++;
        lastNanos = System.nanoTime();
    }

    void lost() {
        lost++;
    }

    void changed() {
        changed++;
    }

    /** Shows an error of a socket, which is not counted: what it cost is lost. */
    void failed(Throwable cause) {
        if (errors < ERRORS_SHOWN) {
            errors++;
            System.err.println("socket: " + cause);
        }
    }

    boolean isGood() {
        return pairs > 0 && lost == 0 && changed == 0;
    }

    /** One JSON object on one line. */
    String toJson() {
        return String.format(
                Locale.ROOT,
                "{\"pairs\":%d,\"seconds\":%.3f,\"lost\":%d,\"changed\":%d}",
                pairs,
                (lastNanos - startNanos) / (double) TimeUnit.SECONDS.toNanos(1),
                lost,
                changed);
    }
}
