package io.mooring.loadtest.clients.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClientLoopTest {

    @Test
    void aPunctualLoopRunsNoTimerEarlyAndMostInTime() throws Exception {
        long interval = Duration.ofMillis(3).toNanos();
        long[] lateness = new long[101];
        try (ClientLoop loop = ClientLoop.openPunctual()) {
            long start = System.nanoTime() + interval;
            List<Future<?>> timers = new ArrayList<>();
            for (int i = 0; i < lateness.length; i++) {
                int number = i;
                long due = start + i * interval;
                timers.add(loop.get()
                        .schedule(
                                () -> lateness[number] = System.nanoTime() - due,
                                due - System.nanoTime(),
                                TimeUnit.NANOSECONDS));
            }
            for (Future<?> timer : timers) {
                timer.sync();
            }
        }

        long[] sorted = LongStream.of(lateness).sorted().toArray();
        assertThat(sorted[0]).isNotNegative();
        assertThat(sorted[sorted.length / 2]).isLessThan(Duration.ofMillis(1).toNanos());
    }
}
