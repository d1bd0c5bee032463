package io.mooring.loadtest.clients.openloop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalsTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void requestsAreDueAtEqualDistancesThatAddUp() {
        Arrivals arrivals = new Arrivals(5, 3, 3, 9);

        assertThat(arrivals.dueNanos(0)).isEqualTo(5);
        assertThat(arrivals.dueNanos(1)).isEqualTo(5 + SECOND / 3);
        assertThat(arrivals.dueNanos(2)).isEqualTo(5 + 2 * SECOND / 3);
        assertThat(arrivals.measuredFromNanos()).isEqualTo(5 + SECOND);
        assertThat(arrivals.endNanos()).isEqualTo(5 + 3 * SECOND);
    }

    @Test
    void anHourAtTheHighestRateDoesNotOverflow() {
        long hour = 3600L * 100_000;

        assertThat(new Arrivals(0, 100_000, 0, hour).endNanos()).isEqualTo(3600 * SECOND);
    }
}
