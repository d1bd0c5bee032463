package io.mooring.balancer.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Random operations give the same answers as the {@link SourceTableModel}. */
final class SourceTableModelTest {

    private static final Duration IDLE = Duration.ofNanos(1_000);
    private static final int BINDINGS = 4;

    private static Stream<Arguments> tables() {
        return Stream.of(
                Arguments.of(1, 4, null, 1L),
                Arguments.of(3, 6, null, 2L),
                Arguments.of(8, 40, Duration.ofNanos(1_500), 3L),
                Arguments.of(50, 60, Duration.ofNanos(700), 4L),
                Arguments.of(500, 400, Duration.ofNanos(5_000), 5L),
                Arguments.of(500, 5_000, null, 6L),
                Arguments.of(3_000, 9_000, Duration.ofNanos(3_000), 7L));
    }

    @ParameterizedTest(name = "{0} entries, {1} sources, absolute timeout {2}")
    @MethodSource("tables")
    void theTableAnswersLikeTheModel(int maxEntries, int sources, Duration absolute, long seed) {
        Random random = new Random(seed);
        SourceTable table = new SourceTable(maxEntries, IDLE, absolute, random.nextLong());
        SourceTableModel model = new SourceTableModel(
                maxEntries, IDLE.toNanos(), absolute == null ? Long.MAX_VALUE : absolute.toNanos());
        long now = Long.MAX_VALUE - 3_000_000;

        for (int step = 0; step < 15_000; step++) {
            SourceAddress source = new SourceAddress(0, random.nextInt(sources));
            int expected = random.nextInt(BINDINGS + 1) - 1;
            int wanted = random.nextInt(BINDINGS);
            boolean anew = random.nextInt(4) == 0;
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> {
                    int bound = table.claim(source, expected, wanted, anew, now);
                    assertThat(bound).as("step %d", step).isEqualTo(model.claim(source, expected, wanted, anew, now));
                    if (bound != SourceTable.NOT_REMEMBERED && random.nextInt(6) > 0) {
                        table.release(source, now);
                        model.release(source, now);
                    }
                }
                case 4, 5 -> {
                    table.release(source, now);
                    model.release(source, now);
                }
                case 6 ->
                    assertThat(table.touch(source, now)).as("step %d", step).isEqualTo(model.touch(source, now));
                case 7 -> {
                    table.rebind(source, expected, wanted);
                    model.rebind(source, expected, wanted);
                }
                case 8 ->
                    assertThat(table.reassign(source, wanted, now))
                            .as("step %d", step)
                            .isEqualTo(model.reassign(source, wanted, now));
                case 9 -> {
                    assertThat(table.liveSessions(now)).as("step %d", step).isEqualTo(model.liveSessions(null, now));
                    assertThat(table.liveSessions(wanted, now))
                            .as("step %d", step)
                            .isEqualTo(model.liveSessions(wanted, now));
                }
                default -> now += jump(random);
            }
            assertThat(table.find(source, now)).as("step %d", step).isEqualTo(model.find(source, now));
        }
    }

    /** Mostly none or little, at times exactly a timeout or the nanosecond before it, now and then a long silence. */
    private static long jump(Random random) {
        return switch (random.nextInt(40)) {
            case 0 -> IDLE.toNanos();
            case 1 -> IDLE.toNanos() - 1;
            case 2 -> 2 * IDLE.toNanos();
            case 3 -> 2 * IDLE.toNanos() - 1;
            case 4 -> 5 * IDLE.toNanos();
            case 5, 6, 7, 8 -> random.nextInt(500);
            default -> random.nextInt(4);
        };
    }
}
