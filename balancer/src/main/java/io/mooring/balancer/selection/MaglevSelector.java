package io.mooring.balancer.selection;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing by a {@link MaglevTable} over all members of positive weight, whatever their
 * state. A member that takes no clients keeps its places, and a client whose place is one of them
 * goes on to the next: so only the clients of that member move, and they come back with it.
 *
 * <p>A member that starts slowly has the same share of its own clients at each moment: which they are is
 * told by bits of their hash that the place does not depend on. Weights in the table never change with time.
 *
 * <p>A client goes through the table in strides of its own. If all went to the neighbouring place,
 * the regular permutations of the table would send too many to some members and too few to others.
 */
final class MaglevSelector implements Selector {

    private final Member[] table;
    private final Member[] takers;

    MaglevSelector(UpstreamSnapshot snapshot) {
        List<Member> weighty = snapshot.members().stream()
                .filter(member -> member.backend().weight() > 0)
                .toList();
        this.table = MaglevTable.of(weighty);
        this.takers = weighty.stream().filter(Member::takesNew).toArray(Member[]::new);
    }

    @Override
    public long ticket(long clientHash) {
        return clientHash & Long.MAX_VALUE;
    }

    @Override
    public @Nullable Member candidate(long ticket, List<Member> tried) {
        if (!isAnyLeft(tried)) {
            return null;
        }
        int place = (int) (ticket % MaglevTable.SIZE);
        int stride = (int) (ticket / MaglevTable.SIZE % (MaglevTable.SIZE - 1)) + 1;
        for (int step = 0; step < MaglevTable.SIZE; step++) {
            Member member = table[place];
            if (member.takesNew()
                    && (!tried.isEmpty() || isInShare(member, ticket))
                    && !Selector.isTried(member, tried)) {
                return member;
            }
            place = (place + stride) % MaglevTable.SIZE;
        }
        return null;
    }

    /** There is always a member of full share to go on to; when it has failed, shares are not looked at. */
    private static boolean isInShare(Member member, long ticket) {
        return member.share() == Member.FULL_SHARE || (ticket >>> 40) % Member.FULL_SHARE < member.share();
    }

    private boolean isAnyLeft(List<Member> tried) {
        for (Member taker : takers) {
            if (!Selector.isTried(taker, tried)) {
                return true;
            }
        }
        return false;
    }
}
