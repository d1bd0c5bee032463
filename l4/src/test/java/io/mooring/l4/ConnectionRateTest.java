package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionRateTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 1000})
    void asManyAsTheLimitAreAdmittedAtOnceAndThenNoneForASecond(int limit) {
        ConnectionRate rate = new ConnectionRate(limit, 0);

        assertThat(admitted(rate, 0, limit + 5)).isEqualTo(limit);
        assertThat(admitted(rate, SECOND - 1, 5)).isZero();
        assertThat(admitted(rate, 2 * SECOND, limit + 5)).isEqualTo(limit);
    }

    @Test
    void roomComesBackEvenly() {
        ConnectionRate rate = new ConnectionRate(100, 0);
        admitted(rate, 0, 100);

        assertThat(admitted(rate, SECOND * 3 / 2, 200)).isEqualTo(50);
    }

    @Test
    void timeMayBeNegativeAndOverflow() {
        ConnectionRate rate = new ConnectionRate(3, Long.MAX_VALUE - 10);

        assertThat(admitted(rate, Long.MIN_VALUE + 10, 5)).isEqualTo(3);
        assertThat(admitted(rate, Long.MIN_VALUE + 2 * SECOND, 5)).isEqualTo(3);
    }

    @Test
    void nowhereAreMoreThanTwiceAsManyAdmittedInASecondAndOverTimeTheLimit() {
        int limit = 50;
        Random random = new Random(7);
        ConnectionRate rate = new ConnectionRate(limit, 0);
        Deque<Long> lastSecond = new ArrayDeque<>();
        long total = 0;
        long now = 0;
        while (now < 100 * SECOND) {
            now += random.nextLong(SECOND / limit);
            if (rate.admits(now)) {
                total++;
                lastSecond.add(now);
            }
            while (!lastSecond.isEmpty() && lastSecond.peek() <= now - SECOND) {
                lastSecond.remove();
            }
            assertThat(lastSecond.size()).isLessThanOrEqualTo(2 * limit);
        }
        assertThat(total).isBetween(95L * limit, 101L * limit);
    }

    @Test
    void threadsDoNotGetMoreThanTheLimitTogether() throws Exception {
        ConnectionRate rate = new ConnectionRate(1_000, 0);
        AtomicInteger admitted = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> admitted.addAndGet(admitted(rate, 5, 1_000)));
        }
        threads.shutdown();

        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(admitted).hasValue(1_000);
    }

    private static int admitted(ConnectionRate rate, long now, int attempts) {
        int admitted = 0;
        for (int i = 0; i < attempts; i++) {
            if (rate.admits(now)) {
                admitted++;
            }
        }
        return admitted;
    }
}
