package io.mooring.loadtest.clients.openloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.loadtest.clients.http.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long FROM = 1000 * MILLI;

    private final Latencies latencies = new Latencies(FROM);

    @Test
    void aRequestIsLateIfItCouldHaveLeftBefore() {
        latencies.sent(FROM, 0, FROM + 2 * MILLI);

        assertThat(latencies.toJson()).contains("\"late\":1");
    }

    @Test
    void aRequestThatWaitedForAConnectionIsNotLate() {
        latencies.sent(FROM, FROM + 50 * MILLI, FROM + 51 * MILLI);

        assertThat(latencies.toJson()).contains("\"late\":0");
    }

    @Test
    void warmUpIsNotMeasuredButItsFaultsCount() {
        latencies.sent(FROM - 1, 0, FROM + 2 * MILLI);
        latencies.answered(FROM - 1, FROM + 500 * MILLI);
        latencies.answered(FROM, FROM + MILLI);
        latencies.failed(Fault.CLOSED, "by the gateway");

        assertThat(latencies.toJson())
                .isEqualTo("{\"requests\":1,\"seconds\":0.001,\"faults\":{\"CLOSED\":1},\"p50_us\":1000,"
                        + "\"p99_us\":1000,\"p999_us\":1000,\"max_us\":1000,\"late\":0}");
        assertThat(latencies.isGood()).isFalse();
    }

    @Test
    void aRunWithoutAResponseIsNotGood() {
        assertThat(latencies.isGood()).isFalse();
    }
}
