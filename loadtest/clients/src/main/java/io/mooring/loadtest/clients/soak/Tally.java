package io.mooring.loadtest.clients.soak;

import io.mooring.loadtest.clients.http.Fault;
import io.mooring.loadtest.clients.http.Faults;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What all clients saw. Not thread-safe: of one event loop, and read when that has ended. */
final class Tally {

    private static final long MAX_LATENCY_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final Faults faults = new Faults();
    private final Map<String, Integer> clientsByBackend = new TreeMap<>();
    private final Histogram latencyMicros = new Histogram(MAX_LATENCY_MICROS, 3);
    private int connections;
    private int cookiesSet;

    void connected() {
        connections++;
    }

    void cookieSet() {
        cookiesSet++;
    }

    void bound(String backend) {
        clientsByBackend.merge(backend, 1, Integer::sum);
    }

    void answered(long nanos) {
        latencyMicros.recordValue(Math.min(TimeUnit.NANOSECONDS.toMicros(nanos), MAX_LATENCY_MICROS));
    }

    /** Counts a fault, and shows the first of them. */
    void failed(Fault fault, int client, String detail) {
        faults.add("client " + client, fault, detail);
    }

    boolean hasFaults() {
        return !faults.isEmpty();
    }

    /** One JSON object on one line. A response's time includes that of its connection, if it needed a new one. */
    String toJson() {
        return "{\"requests\":%d,\"connections\":%d,\"cookies_set\":%d,\"faults\":%s,\"clients_by_backend\":%s,\"p50_us\":%d,\"p99_us\":%d,\"max_us\":%d}"
                .formatted(
                        latencyMicros.getTotalCount(),
                        connections,
                        cookiesSet,
                        faults.toJson(),
                        clientsByBackend.entrySet().stream()
                                .map(count -> "\"%s\":%d".formatted(count.getKey(), count.getValue()))
                                .collect(Collectors.joining(",", "{", "}")),
                        latencyMicros.getValueAtPercentile(50),
                        latencyMicros.getValueAtPercentile(99),
                        latencyMicros.getMaxValue());
    }
}
