package io.mooring.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LineBudgetTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
    private final LineBudget budget = new LineBudget(nanos::get);

    @Test
    void aHundredLinesMayBeWrittenAtOnceAndThenOneInTenSeconds() {
        assertThat(taken(1_000)).isEqualTo(100);
        for (int i = 0; i < 5; i++) {
            nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
            assertThat(taken(1_000)).isZero();
            nanos.incrementAndGet();
            assertThat(taken(1_000)).isEqualTo(1);
        }
    }

    @Test
    void theNextLineTellsHowManyWereLeftOut() {
        taken(107);

        nanos.addAndGet(Duration.ofSeconds(20).toNanos());

        assertThat(budget.take()).isEqualTo(OptionalLong.of(7));
        assertThat(budget.take()).isEqualTo(OptionalLong.of(0));
    }

    @Test
    void aLongQuietTimeMakesItWholeAndNoMore() {
        taken(150);

        nanos.addAndGet(Duration.ofDays(1).toNanos());

        assertThat(taken(1_000)).isEqualTo(100);
    }

    private int taken(int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += budget.take().isPresent() ? 1 : 0;
        }
        return taken;
    }
}
