package io.mooring.loadtest.clients.soak;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What all clients saw. Not thread-safe: of one event loop, and read when that has ended. */
final class Tally {

    /** What can go wrong with a request. */
    enum Fault {
        /** The connection was not accepted. */
        CONNECT,
        /** The connection ended before the whole response was there. */
        CLOSED,
        /** No whole response came in time. */
        TIMEOUT,
        /** The response was not {@code 200}, or named no backend. */
        STATUS,
        /** The first response set no cookie. */
        NO_COOKIE,
        /** Another backend than before answered. */
        CHANGED
    }

    private static final int FAULTS_SHOWN = 20;
    private static final long MAX_LATENCY_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
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
        if (faults.values().stream().mapToInt(Integer::intValue).sum() < FAULTS_SHOWN) {
            System.err.printf("client %d: %s: %s%n", client, fault, detail);
        }
        faults.merge(fault, 1, Integer::sum);
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
                        object(faults),
                        object(clientsByBackend),
                        latencyMicros.getValueAtPercentile(50),
                        latencyMicros.getValueAtPercentile(99),
                        latencyMicros.getMaxValue());
    }

    private static String object(Map<?, Integer> counts) {
        return counts.entrySet().stream()
                .map(count -> "\"%s\":%d".formatted(count.getKey(), count.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
