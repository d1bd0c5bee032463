package io.mooring.loadtest.micro;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourceTable;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.function.Supplier;

/** What a million entries take of the heap, by what is in use after a full collection before and with them. */
final class Footprint {

    private static final int ENTRIES = 1_000_000;
    private static final Duration IDLE = Duration.ofHours(1);

    private Footprint() {}

    public static void main(String[] arguments) {
        report("SourceTable", () -> {
            SourceTable table = new SourceTable(ENTRIES, IDLE, null, 42);
            for (int i = 0; i < ENTRIES; i++) {
                table.claim(source(i), SourceTable.NOT_REMEMBERED, i % 10, false, i);
                table.release(source(i), i);
            }
            return table;
        });
        report("Caffeine", () -> {
            CaffeineTable table = new CaffeineTable(ENTRIES, IDLE);
            for (int i = 0; i < ENTRIES; i++) {
                table.claim(source(i), i % 10, i);
            }
            if (table.size() != ENTRIES) {
                throw new IllegalStateException("entries: " + table.size() + " (expected: " + ENTRIES + ")");
            }
            return table;
        });
    }

    private static void report(String name, Supplier<Object> fill) {
        long before = used();
        Object filled = fill.get();
        try {
            long bytes = used() - before;
            System.out.printf("%-12s %,12d bytes, %.1f an entry%n", name, bytes, (double) bytes / ENTRIES);
        } finally {
            Reference.reachabilityFence(filled);
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static SourceAddress source(int number) {
        return new SourceAddress(0, 0xffff_0a00_0000L + number);
    }
}
