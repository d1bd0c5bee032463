package io.mooring.balancer.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LeastConnectionsSelectorTest extends SelectorContract {

    LeastConnectionsSelectorTest() {
        super(Balancing.WEIGHTED_LEAST_CONNECTIONS);
    }

    @ParameterizedTest
    @CsvSource({
        "a:10 b:10 c:10, 3 1 2, b",
        "a:10 b:10 c:10, 0 1 1, a",
        "a:10 b:20, 2 3, b",
        "a:10 b:20, 1 3, a",
        "a:1 b:100, 0 1, a",
        "a:1 b:100, 1 99, b",
        "a:0 b:10, 0 50, b",
        "a:10:draining b:10 c:10, 0 9 8, c"
    })
    void theFewestActivePerWeightIsChosen(String members, String active, String expected) {
        UpstreamSnapshot snapshot = Members.snapshot(members);
        load(snapshot, active);
        Selector selector = selector(snapshot);

        for (int i = 0; i < 20; i++) {
            assertThat(pick(selector).id()).isEqualTo(expected);
        }
    }

    @Test
    void candidatesComeInTheOrderOfTheirLoad() {
        UpstreamSnapshot snapshot = Members.snapshot("a:10 b:10 c:20 d:10");
        load(snapshot, "4 1 5 3");
        Selector selector = selector(snapshot);

        assertThat(order(selector, selector.ticket(0))).isEqualTo(List.of("b", "c", "d", "a"));
    }

    @Test
    void anIdleUpstreamIsBalancedByWeight() {
        Selector selector = selector("a:70 b:30 c:0");

        assertThat(shares(selector, 10_000)).isEqualTo(Map.of("a", 7_000, "b", 3_000));
    }

    @Test
    void equalsBehindABusyMemberAreBalancedByWeight() {
        UpstreamSnapshot snapshot = Members.snapshot("a:60 b:10 c:30");
        load(snapshot, "500 0 0");

        Map<String, Integer> shares = shares(selector(snapshot), 20_000);

        assertThat(shares).containsOnlyKeys("b", "c");
        assertThat(shares.get("b")).isBetween(4_600, 5_400);
    }

    @Test
    void theChosenNeverHasMoreActivePerWeightThanAnother() {
        for (int round = 0; round < 200; round++) {
            int size = 1 + random.nextInt(12);
            UpstreamSnapshot snapshot = Members.snapshot(IntStream.range(0, size)
                    .mapToObj(i -> "m" + i + ":" + (1 + random.nextInt(100)))
                    .collect(Collectors.joining(" ")));
            snapshot.members().forEach(member -> begin(member, random.nextInt(20)));
            Selector selector = selector(snapshot);
            for (int i = 0; i < 10; i++) {
                Member chosen = pick(selector);
                assertThat(snapshot.members())
                        .allSatisfy(member -> assertThat(perWeight(chosen)).isLessThanOrEqualTo(perWeight(member)));
                begin(chosen, 1);
            }
        }
    }

    @Test
    void connectionsThatStayOpenSpreadByWeight() {
        UpstreamSnapshot snapshot = Members.snapshot("a:50 b:30 c:20");
        Selector selector = selector(snapshot);

        for (int i = 0; i < 1_000; i++) {
            begin(pick(selector), 1);
        }

        assertThat(snapshot.members().stream().map(m -> m.activity().active())).containsExactly(500, 300, 200);
    }

    @Test
    void candidatesOfRandomLoadsNeverGoDownInLoad() {
        for (int round = 0; round < 100; round++) {
            UpstreamSnapshot snapshot = Members.ofEqualWeight(8);
            snapshot.members().forEach(member -> begin(member, random.nextInt(5)));
            Selector selector = selector(snapshot);

            List<Integer> loads = new ArrayList<>();
            for (String id : order(selector, selector.ticket(0))) {
                loads.add(snapshot.member(id).orElseThrow().activity().active());
            }

            assertThat(loads).isSortedAccordingTo(Comparator.naturalOrder());
        }
    }

    private Map<String, Integer> shares(Selector selector, int picks) {
        return IntStream.range(0, picks)
                .mapToObj(i -> pick(selector))
                .collect(Collectors.toMap(Member::id, picked -> 1, Integer::sum));
    }

    private static double perWeight(Member member) {
        return (double) member.activity().active() / member.backend().weight();
    }

    private static void load(UpstreamSnapshot snapshot, String active) {
        String[] counts = active.split(" ", -1);
        for (int i = 0; i < counts.length; i++) {
            begin(snapshot.members().get(i), Integer.parseInt(counts[i]));
        }
    }

    private static void begin(Member member, int times) {
        for (int i = 0; i < times; i++) {
            member.activity().begin();
        }
    }
}
