package io.mooring.balancer.source;

import static io.mooring.balancer.source.SourceTable.NOT_REMEMBERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.source.SourceLookup.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads on one table, small enough that they meet at the same entries and shards. */
final class SourceTableConcurrencyTest {

    private static final int THREADS = 4;
    private static final int OPERATIONS = 60_000;
    private static final Duration IDLE = Duration.ofNanos(20_000);

    /** Of tables with one shard and with many, with room for all sources and without. */
    @ParameterizedTest
    @CsvSource({"64, 100", "16384, 100", "16384, 40000"})
    void whoHoldsASessionFindsItAndHoldsReturnToZero(int maxEntries, int sources) throws Exception {
        SourceTable table = new SourceTable(maxEntries, IDLE, null, 42);
        AtomicLong clock = new AtomicLong();

        inParallel(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < OPERATIONS; i++) {
                SourceAddress source = new SourceAddress(0, random.nextInt(sources));
                long now = clock.incrementAndGet();
                int bound = table.claim(source, NOT_REMEMBERED, random.nextInt(8), false, now);
                if (bound == NOT_REMEMBERED) {
                    continue;
                }
                SourceLookup found = table.find(source, now + random.nextInt(50_000));
                assertThat(found).isEqualTo(new SourceLookup(Standing.LIVE, bound));
                table.release(source, clock.get());
            }
        });

        assertThat(table.liveSessions(clock.get())).isBetween(1, Math.min(maxEntries, sources));
        long over = clock.get() + 2 * IDLE.toNanos();
        assertThat(table.liveSessions(over)).as("nothing is held any more").isZero();
        for (int i = 0; i < sources; i++) {
            assertThat(table.find(new SourceAddress(0, i), over)).isEqualTo(SourceLookup.NONE);
        }
        for (int i = 0; i < maxEntries; i++) {
            assertThat(table.claim(new SourceAddress(1, i), NOT_REMEMBERED, 1, false, over))
                    .isEqualTo(1);
        }
        assertThat(table.liveSessions(over)).as("no room was lost").isEqualTo(maxEntries);
    }

    /** Entries give way to others of other bindings while they are counted. */
    @Test
    void neverCountsMoreSessionsThanThereCanBe() throws Exception {
        SourceTable table = new SourceTable(64, Duration.ofHours(1), null, 42);
        int[] bindings = IntStream.range(0, 8).toArray();

        inParallel(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < OPERATIONS; i++) {
                if (thread == 0) {
                    assertThat(table.liveSessions(bindings, 1)).isLessThanOrEqualTo(64);
                } else {
                    SourceAddress source = new SourceAddress(thread, i);
                    if (table.claim(source, NOT_REMEMBERED, random.nextInt(8), false, 1) != NOT_REMEMBERED) {
                        table.release(source, 1);
                    }
                }
            }
        });
    }

    private static void inParallel(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                tasks.add(() -> {
                    work.run(number);
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @FunctionalInterface
    private interface Work {
        void run(int thread);
    }
}
