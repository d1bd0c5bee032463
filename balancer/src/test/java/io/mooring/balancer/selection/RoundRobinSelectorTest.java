package io.mooring.balancer.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Members;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RoundRobinSelectorTest extends SelectorContract {

    RoundRobinSelectorTest() {
        super(Balancing.WEIGHTED_ROUND_ROBIN);
    }

    /** The first row is the example of the nginx change that introduced the method; the others were worked by hand. */
    @ParameterizedTest
    @CsvSource({
        "a:5 b:1 c:1, aabacaa",
        "a:1 b:1 c:1, abc",
        "a:2 b:1, aba",
        "a:3 b:2, ababa",
        "a:1 b:3, babb",
        "a:4 b:2 c:1, abacaba",
        "a:100 b:50, aba",
        "a:10 b:0 c:10, ac"
    })
    void aRoundIsTheGoldenOne(String members, String round) {
        Selector selector = selector(members);

        assertThat(picks(selector, 2 * round.length())).isEqualTo(round + round);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:5 b:1 c:1", "a:70 b:30", "a:100 b:99 c:1", "a:7 b:11 c:13 d:17", "a:100 b:100"})
    void everyRoundHasExactlyTheProportionsOfTheWeights(String members) {
        int sum = weights(members).values().stream().mapToInt(Integer::intValue).sum();
        Selector selector = selector(members);

        for (int round = 0; round < 3; round++) {
            assertThat(counts(selector, sum)).isEqualTo(weights(members));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:5 b:1 c:1", "a:70 b:30", "a:100 b:99 c:1", "a:7 b:11 c:13 d:17", "a:90 b:10"})
    void noBackendIsPickedMoreOftenInARowThanItsShareAsks(String members) {
        int sum = weights(members).values().stream().mapToInt(Integer::intValue).sum();
        String round = picks(selector(members), 2 * sum);

        weights(members).forEach((id, weight) -> {
            int longest = (int) Math.ceil((double) weight / (sum - weight));
            assertThat(round).doesNotContain(id.repeat(longest + 2));
            assertThat(round).contains(id);
        });
    }

    @Test
    void tenThousandClientsSplitSeventyToThirty() {
        Selector selector = selector(Members.snapshot("a:70 b:30"), new Rotation(random.nextLong()));

        assertThat(counts(selector, 10_000).get("a")).isBetween(6_800, 7_200);
    }

    @Test
    void thePhaseSurvivesARebuild() {
        Rotation rotation = new Rotation(0);
        Selector before = selector(Members.snapshot("a:1 b:1 c:1 d:1"), rotation);
        assertThat(picks(before, 2)).isEqualTo("ab");

        Selector after = selector(Members.snapshot("a:1 b:1 c:1 d:1"), rotation);

        assertThat(picks(after, 4)).isEqualTo("cdab");
    }

    @Test
    void rebuildingForEachClientStillSpreadsThem() {
        Rotation rotation = new Rotation(0);

        String picks = IntStream.range(0, 7)
                .mapToObj(i -> pick(selector(Members.snapshot("a:5 b:1 c:1"), rotation))
                        .id())
                .collect(Collectors.joining());

        assertThat(picks).isEqualTo("aabacaa");
    }

    @Test
    void aMemberThatStartsSlowlyHasItsShareOfTurns() {
        Selector selector = selector(Members.withShare(Members.snapshot("a:10 b:10"), "a", 3));

        assertThat(counts(selector, 130)).isEqualTo(Map.of("a", 30, "b", 100));
    }

    @Test
    void furtherCandidatesFollowInTheRound() {
        Selector selector = selector("a:5 b:1 c:1");

        assertThat(order(selector, 0)).isEqualTo(List.of("a", "b", "c"));
        assertThat(order(selector, 3)).isEqualTo(List.of("a", "c", "b"));
        assertThat(order(selector, 4)).isEqualTo(List.of("c", "a", "b"));
    }

    private String picks(Selector selector, int count) {
        return IntStream.range(0, count).mapToObj(i -> pick(selector).id()).collect(Collectors.joining());
    }

    private Map<String, Integer> counts(Selector selector, int picks) {
        return IntStream.range(0, picks)
                .mapToObj(i -> pick(selector))
                .collect(Collectors.toMap(Member::id, picked -> 1, Integer::sum));
    }

    private static Map<String, Integer> weights(String members) {
        return Members.backends(members).stream().collect(Collectors.toMap(b -> b.id(), b -> b.weight()));
    }
}
