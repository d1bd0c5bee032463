package io.mooring.balancer.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every balancing algorithm. */
abstract class SelectorContract {

    final Random random = new Random(20_260_301);

    private final Balancing balancing;

    SelectorContract(Balancing balancing) {
        this.balancing = balancing;
    }

    final Selector selector(UpstreamSnapshot snapshot) {
        return selector(snapshot, new Rotation(0));
    }

    final Selector selector(UpstreamSnapshot snapshot, Rotation rotation) {
        return Selector.of(balancing, snapshot, rotation);
    }

    final Selector selector(String members) {
        return selector(Members.snapshot(members));
    }

    final Member pick(Selector selector) {
        return selector.candidate(selector.ticket(random.nextLong()), List.of());
    }

    static List<String> order(Selector selector, long ticket) {
        List<Member> tried = new ArrayList<>();
        for (Member next = selector.candidate(ticket, tried); next != null; next = selector.candidate(ticket, tried)) {
            tried.add(next);
            assertThat(tried).as("candidates never end").hasSizeLessThan(1_000);
        }
        return tried.stream().map(Member::id).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:10",
                "a:10 b:10",
                "a:5 b:1 c:1",
                "a:100 b:1 c:99 d:7",
                "a:1 b:2 c:0 d:3:draining e:4:down f:5:maintenance g:6:probing h:7"
            })
    void candidatesAreAllThatTakeClientsOnceEachAndThenNone(String members) {
        UpstreamSnapshot snapshot = Members.snapshot(members);
        String[] takers = snapshot.members().stream()
                .filter(Member::takesNew)
                .map(Member::id)
                .toArray(String[]::new);
        Selector selector = selector(snapshot);

        for (int i = 0; i < 200; i++) {
            assertThat(order(selector, selector.ticket(random.nextLong()))).containsExactlyInAnyOrder(takers);
        }
    }

    @Test
    void aHundredMembersAreAllCandidates() {
        Selector selector = selector(Members.ofEqualWeight(100));

        assertThat(order(selector, selector.ticket(random.nextLong())))
                .hasSize(100)
                .doesNotHaveDuplicates();
    }

    @Test
    void anUpstreamWithoutMembersHasNoCandidate() {
        assertThat(pick(selector(""))).isNull();
    }

    @ParameterizedTest
    @EnumSource(value = BackendState.class, mode = EnumSource.Mode.EXCLUDE, names = "READY")
    void anUpstreamWhoseMembersTakeNoClientsHasNoCandidate(BackendState state) {
        assertThat(pick(selector("a:10:" + state.name() + " b:0"))).isNull();
    }

    @Test
    void aMemberOfWeightZeroIsNeverChosen() {
        Selector selector = selector("a:0 b:1 c:0");

        assertThat(IntStream.range(0, 500).mapToObj(i -> pick(selector).id())).containsOnly("b");
    }

    @Test
    void theTriedAreKnownByTheirIds() {
        Selector selector = selector("a:10 b:10");
        List<Member> sameIdOfAnotherSnapshot = Members.snapshot("a:3:down").members();

        for (int i = 0; i < 50; i++) {
            assertThat(selector.candidate(selector.ticket(random.nextLong()), sameIdOfAnotherSnapshot)
                            .id())
                    .isEqualTo("b");
        }
    }

    @Test
    void triedMembersThatTakeNoClientsLeaveTheOthersToTry() {
        Selector selector = selector("a:10 b:10:draining c:0");
        List<Member> tried = Members.snapshot("b:10 c:10 gone:10").members();

        assertThat(selector.candidate(selector.ticket(random.nextLong()), tried))
                .as("a bound client's backends were tried, a was not")
                .extracting(Member::id)
                .isEqualTo("a");
    }

    @Test
    void aTicketKeepsItsOrderWhileNothingChanges() {
        Selector selector = selector("a:5 b:3 c:9");
        long ticket = selector.ticket(random.nextLong());
        List<String> order = order(selector, ticket);

        pick(selector);

        assertThat(order(selector, ticket)).isEqualTo(order);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE})
    void everyHashAndEveryPositionGivesACandidate(long extreme) {
        Selector selector = selector(Members.snapshot("a:3 b:4"), new Rotation(extreme));

        for (int i = 0; i < 3; i++) {
            long ticket = selector.ticket(extreme);
            assertThat(ticket).isNotNegative();
            assertThat(order(selector, ticket)).containsExactlyInAnyOrder("a", "b");
        }
    }
}
