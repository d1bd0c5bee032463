package io.mooring.balancer.source;

import static io.mooring.balancer.source.SourceTable.NOT_REMEMBERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.source.SourceLookup.Standing;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What a table costs when it is full, and what becomes of it when strangers pour in. */
final class SourceTableFloodTest {

    private static final Duration IDLE = Duration.ofMinutes(5);

    @Test
    void aMillionEntriesTakeAtMostSixtyFourBytesEach() {
        int entries = 1_000_000;
        SourceTable table = new SourceTable(entries, IDLE, null, 42);
        for (int i = 0; i < entries; i++) {
            visit(table, i, i % 10, i);
        }
        assertThat(table.liveSessions(entries)).isEqualTo(entries);

        assertThat(GraphLayout.parseInstance(table).totalSize())
                .as("a million clients in 64 MB")
                .isLessThanOrEqualTo(64_000_000);
    }

    @Test
    void aFloodOfFiveMillionSourcesEvictsNeitherHeldNorActiveSessions() {
        int entries = 100_000;
        int regulars = 1_000;
        SourceTable table = new SourceTable(entries, IDLE, null, 42);
        for (int i = 0; i < regulars; i++) {
            table.claim(held(i), NOT_REMEMBERED, 1, false, 0);
            visit(table, active(i), 2, 0);
        }

        for (int i = 0; i < 5_000_000; i++) {
            visit(table, i, 3, i);
            if (i % 50 == 0) {
                assertThat(table.touch(active(i / 50 % regulars), i)).isTrue();
            }
            if (i % 1_000_000 == 999_999) {
                assertThat(table.liveSessions(i)).isEqualTo(entries);
            }
        }

        for (int i = 0; i < regulars; i++) {
            assertThat(table.find(held(i), 5_000_000)).isEqualTo(new SourceLookup(Standing.LIVE, 1));
            assertThat(table.find(active(i), 5_000_000)).isEqualTo(new SourceLookup(Standing.LIVE, 2));
        }
        assertThat(GraphLayout.parseInstance(table).totalSize())
                .as("a full table stays as large as it was, rounded up to whole chunks")
                .isLessThanOrEqualTo(75L * entries);
    }

    /**
     * By the time that the thread had the processor, which no collection and no neighbour adds to, ten visits at a
     * time.
     */
    @Test
    void noVisitOfAFloodTakesLong() {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        int entries = 1_000_000;
        SourceTable table = new SourceTable(entries, IDLE, null, 42);
        long longest = 0;
        for (int i = 0; i < 5_000_000; ) {
            long began = clock.getCurrentThreadCpuTime();
            for (int end = i + 10; i < end; i++) {
                visit(table, i, 3, i);
            }
            longest = Math.max(longest, clock.getCurrentThreadCpuTime() - began);
        }

        assertThat(table.liveSessions(5_000_000)).isEqualTo(entries);
        assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void sessionsThatExpireAtOnceAreSweptByTheOperationsThatFollow() {
        SourceTable table = new SourceTable(100_000, IDLE, null, 42);
        for (int i = 0; i < 100_000; i++) {
            visit(table, i, 1, 0);
        }
        long later = 3 * IDLE.toNanos();

        for (int i = 0; i < 100_000; i++) {
            visit(table, 100_000 + i, 2, later);
        }

        assertThat(table.liveSessions(1, later)).isZero();
        assertThat(table.liveSessions(later)).isEqualTo(100_000);
    }

    private static SourceAddress held(int i) {
        return new SourceAddress(1, i);
    }

    private static SourceAddress active(int i) {
        return new SourceAddress(2, i);
    }

    private static void visit(SourceTable table, int number, int binding, long now) {
        visit(table, new SourceAddress(0, number), binding, now);
    }

    private static void visit(SourceTable table, SourceAddress source, int binding, long now) {
        table.claim(source, NOT_REMEMBERED, binding, false, now);
        table.release(source, now);
    }
}
