package io.mooring.balancer.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MaglevSelectorTest extends SelectorContract {

    private static final int CLIENTS = 20_000;

    MaglevSelectorTest() {
        super(Balancing.IP_HASH);
    }

    /**
     * Pinned, and computed by another program: another table would move the clients of every running gateway on an
     * upgrade.
     */
    @Test
    void theTableIsTheGoldenOne() {
        Member[] table = MaglevTable.of(Members.snapshot("a:10 b:10 c:20").members());

        assertThat(table).hasSize(65_537);
        assertThat(Arrays.stream(table).limit(40).map(Member::id).collect(Collectors.joining()))
                .isEqualTo("ccacbacccbbcccbccacaacaabaccabcccbbcacba");
        assertThat(Arrays.stream(table)
                        .map(Member::id)
                        .collect(Collectors.joining())
                        .hashCode())
                .isEqualTo(1_400_071_656);
    }

    /** Pinned likewise; computed by another program from the published methods. */
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, cbad",
        "10.0.0.2, bacd",
        "192.0.2.77, cbad",
        "198.51.100.9, cdba",
        "2001:db8::1, cdab",
        "2001:db8::2, cdab",
        "2001:db8:0:1::1, cabd",
        "2001:db8:0:7::1, cabd"
    })
    void aClientHasTheGoldenBackends(String client, String backends) throws Exception {
        Selector selector = selector("a:10 b:10 c:20 d:5");
        SourceAddress source = SourcePrefixes.DEFAULT.of(InetAddress.getByName(client));

        assertThat(String.join("", order(selector, selector.ticket(source.hash()))))
                .isEqualTo(backends);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:10 b:10 c:10", "a:70 b:30", "a:100 b:50 c:25 d:1", "a:1 b:2 c:3 d:4 e:5"})
    void placesOfTheTableFollowTheWeights(String members) {
        UpstreamSnapshot snapshot = Members.snapshot(members);
        double sum =
                snapshot.members().stream().mapToInt(m -> m.backend().weight()).sum();
        Map<Member, Long> places = Arrays.stream(MaglevTable.of(snapshot.members()))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

        snapshot.members()
                .forEach(member -> assertThat((double) places.get(member) / MaglevTable.SIZE)
                        .isCloseTo(member.backend().weight() / sum, within(0.001)));
    }

    @Test
    void clientsSplitByWeight() {
        Map<Long, String> homes = homes(Members.snapshot("a:70 b:30"));

        assertThat((double) Collections.frequency(homes.values(), "a") / CLIENTS)
                .isCloseTo(0.7, within(0.02));
    }

    @Test
    void onlyTheClientsOfAMemberThatGoesDownMoveAndTheyComeBack() {
        Map<Long, String> before = homes(Members.snapshot("a:10 b:10 c:10 d:20"));
        Map<Long, String> during = homes(Members.snapshot("a:10 b:10:down c:10 d:20"));
        Map<Long, String> after = homes(Members.snapshot("a:10 b:10 c:10 d:20"));

        before.forEach((client, home) -> {
            if (home.equals("b")) {
                assertThat(during.get(client)).isNotEqualTo("b");
            } else {
                assertThat(during.get(client)).isEqualTo(home);
            }
        });
        assertThat(after).isEqualTo(before);
    }

    @Test
    void theClientsOfAMemberThatIsDownSpreadOverAllOthersByWeight() {
        Map<Long, String> before = homes(Members.snapshot("a:10 b:30 c:10 d:20"));
        Map<Long, String> during = homes(Members.snapshot("a:10 b:30:down c:10 d:20"));
        List<String> refuges = before.entrySet().stream()
                .filter(entry -> entry.getValue().equals("b"))
                .map(entry -> during.get(entry.getKey()))
                .toList();

        assertThat((double) Collections.frequency(refuges, "d") / refuges.size())
                .isCloseTo(0.5, within(0.03));
        assertThat((double) Collections.frequency(refuges, "a") / refuges.size())
                .isCloseTo(0.25, within(0.03));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 10, 50})
    void removingOneOfNMovesAtMostOneAndAHalfNthOfTheClients(int n) {
        UpstreamSnapshot all = Members.ofEqualWeight(n);
        Map<Long, String> before = homes(all);
        for (int gone : new int[] {0, n / 2, n - 1}) {
            List<Member> rest = new ArrayList<>(all.members());
            rest.remove(gone);
            Map<Long, String> after = homes(new UpstreamSnapshot("shop", rest));

            long moved = before.entrySet().stream()
                    .filter(entry -> !after.get(entry.getKey()).equals(entry.getValue()))
                    .count();

            assertThat((double) moved / CLIENTS).isLessThanOrEqualTo(1.5 / n);
        }
    }

    @Test
    void theOrderOfTheConfigurationDoesNotMatter() {
        List<Member> members =
                new ArrayList<>(Members.snapshot("a:10 b:7 c:10 d:20 e:3").members());
        Map<Long, String> homes = homes(new UpstreamSnapshot("shop", members));

        Collections.reverse(members);
        assertThat(homes(new UpstreamSnapshot("shop", members))).isEqualTo(homes);
        Collections.shuffle(members, random);
        assertThat(homes(new UpstreamSnapshot("shop", members))).isEqualTo(homes);
    }

    @Test
    void onlyTheProportionsOfTheWeightsMatter() {
        assertThat(homes(Members.snapshot("a:5 b:5"))).isEqualTo(homes(Members.snapshot("a:10 b:10")));
    }

    @Test
    void nothingIsDrawnFromTheRotation() {
        Rotation rotation = new Rotation(7);

        selector(Members.snapshot("a:1 b:1"), rotation).ticket(42);

        assertThat(rotation.advance()).isEqualTo(7);
    }

    private Map<Long, String> homes(UpstreamSnapshot snapshot) {
        Selector selector = selector(snapshot);
        return IntStream.range(0, CLIENTS)
                .mapToObj(i -> new SourceAddress(0, 0xffff_0a00_0000L + i))
                .collect(Collectors.toMap(
                        SourceAddress::low,
                        source -> selector.candidate(selector.ticket(source.hash()), List.of())
                                .id()));
    }

    @Test
    void aMemberThatStartsSlowlyHasAGrowingPartOfItsOwnClients() {
        Selector full = selector("a:10 b:10 c:10");
        Set<Integer> before = Set.of();
        for (int share = 1; share <= Member.FULL_SHARE; share++) {
            Selector ramping = selector(Members.withShare(Members.snapshot("a:10 b:10 c:10"), "a", share));
            Set<Integer> ofA = IntStream.range(0, CLIENTS)
                    .filter(client -> id(ramping, client).equals("a"))
                    .boxed()
                    .collect(Collectors.toSet());

            assertThat(ofA)
                    .containsAll(before)
                    .allMatch(client -> id(full, client).equals("a"));
            assertThat((double) ofA.size()).isCloseTo(CLIENTS / 3.0 * share / 10, within(CLIENTS / 100.0));
            before = ofA;
        }
    }

    @Test
    void aMemberThatStartsSlowlyHasAllClientsThatNobodyElseServes() {
        UpstreamSnapshot snapshot = Members.withShare(Members.snapshot("a:10 b:10"), "a", 1);
        Selector selector = selector(snapshot);

        for (int i = 0; i < 200; i++) {
            assertThat(order(selector, selector.ticket(random.nextLong()))).containsExactlyInAnyOrder("a", "b");
        }
    }

    private static String id(Selector selector, int client) {
        SourceAddress source = new SourceAddress(0, client);
        return Objects.requireNonNull(selector.candidate(selector.ticket(source.hash()), List.of()))
                .id();
    }
}
