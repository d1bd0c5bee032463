package io.mooring.balancer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ConditionTest {

    /** The operator's wish; the checks; ejected; of weight 0; drained; and the state. A star is any value. */
    private static final List<String> TABLE = List.of(
            "maintenance  *         *    *    *    maintenance",
            "draining     *         *    *    yes  maintenance",
            "ready        *         *    yes  yes  maintenance",
            "draining     *         yes  *    no   down",
            "draining     down      no   *    no   down",
            "draining     probing   no   *    no   probing",
            "draining     unchecked no   *    no   draining",
            "draining     up        no   *    no   draining",
            "ready        *         yes  yes  no   down",
            "ready        down      no   yes  no   down",
            "ready        probing   no   yes  no   probing",
            "ready        unchecked no   yes  no   draining",
            "ready        up        no   yes  no   draining",
            "ready        *         yes  no   *    down",
            "ready        down      no   no   *    down",
            "ready        probing   no   no   *    probing",
            "ready        unchecked no   no   *    ready",
            "ready        up        no   no   *    ready");

    private static Stream<Arguments> conditions() {
        return TABLE.stream().flatMap(row -> {
            String[] cells = row.split(" +", -1);
            BackendState state = BackendState.valueOf(cells[5].toUpperCase(Locale.ROOT));
            return expand(cells).stream().map(condition -> Arguments.of(condition, state));
        });
    }

    @ParameterizedTest
    @MethodSource("conditions")
    void aConditionHasItsState(Condition condition, BackendState state) {
        assertThat(condition.state()).isEqualTo(state);
    }

    @Test
    void theTableHasEachConditionOnce() {
        assertThat(conditions().map(row -> row.get()[0]).toList())
                .doesNotHaveDuplicates()
                .hasSize(3 * 4 * 2 * 2 * 2);
    }

    private static List<Condition> expand(String[] cells) {
        List<Condition> conditions = new ArrayList<>();
        for (AdminState admin : AdminState.values()) {
            for (Vitality vitality : Vitality.values()) {
                for (boolean ejected : new boolean[] {false, true}) {
                    for (boolean weightless : new boolean[] {false, true}) {
                        for (boolean drained : new boolean[] {false, true}) {
                            List<String> words = List.of(
                                    word(admin), word(vitality), word(ejected), word(weightless), word(drained));
                            if (matches(words, cells)) {
                                conditions.add(new Condition(admin, vitality, ejected, weightless, drained));
                            }
                        }
                    }
                }
            }
        }
        return conditions;
    }

    private static boolean matches(List<String> words, String[] cells) {
        List<String> row = Arrays.asList(cells);
        for (int i = 0; i < words.size(); i++) {
            if (!row.get(i).equals("*") && !row.get(i).equals(words.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String word(boolean value) {
        return value ? "yes" : "no";
    }
}
