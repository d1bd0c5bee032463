package io.mooring.balancer.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

final class SourceLoadTest {

    private final SourceLoad load = new SourceLoad(42);

    @Test
    void aSourceAloneIsCountedExactly() {
        for (int i = 1; i <= 100; i++) {
            assertThat(load.begin(source(1))).isEqualTo(i);
        }
        assertThat(load.total()).isEqualTo(100);
        load.end(source(1));
        assertThat(load.begin(source(1))).isEqualTo(100);
    }

    @Test
    void noCountIsTooSmallAndFewAreMuchTooLarge() {
        Random random = new Random(3);
        int[] open = new int[20_000];
        for (int i = 0; i < 200_000; i++) {
            int number = random.nextInt(open.length);
            load.begin(source(number));
            open[number]++;
        }

        int muchTooLarge = 0;
        for (int number = 0; number < open.length; number++) {
            int estimate = load.begin(source(number)) - 1;
            load.end(source(number));
            assertThat(estimate).isGreaterThanOrEqualTo(open[number]);
            if (estimate - open[number] > load.total() / 1_000) {
                muchTooLarge++;
            }
        }
        assertThat(muchTooLarge).isLessThan(open.length / 100);
    }

    @Test
    void nothingIsLeftWhenAllIsOver() {
        for (int number = 0; number < 10_000; number++) {
            load.begin(source(number));
        }
        for (int number = 0; number < 10_000; number++) {
            load.end(source(number));
        }

        assertThat(load.total()).isZero();
        for (int number = 0; number < 10_000; number++) {
            assertThat(load.begin(source(number))).isEqualTo(1);
            load.end(source(number));
        }
    }

    @Test
    void itTakesSixtyFourKibibytesForAnyNumberOfSources() {
        for (int number = 0; number < 100_000; number++) {
            load.begin(source(number));
        }

        assertThat(GraphLayout.parseInstance(load).totalSize()).isBetween(65_536L, 65_536L + 256);
    }

    private static SourceAddress source(int number) {
        return new SourceAddress(0, number);
    }
}
