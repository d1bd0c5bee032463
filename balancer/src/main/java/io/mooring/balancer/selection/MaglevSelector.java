package io.mooring.balancer.selection;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing by a {@link MaglevTable} over all members of positive weight, whatever their
 * state. A member that takes no clients keeps its places, and a client whose place is one of them
 * gets the next member in the table that does: so only the clients of that member move, and they
 * come back with it.
 */
final class MaglevSelector implements Selector {

    private final Member[] table;
    private final int takers;

    MaglevSelector(UpstreamSnapshot snapshot) {
        List<Member> weighty = snapshot.members().stream()
                .filter(member -> member.backend().weight() > 0)
                .toList();
        this.table = MaglevTable.of(weighty);
        this.takers = (int) weighty.stream().filter(Member::takesNew).count();
    }

    @Override
    public long ticket(long clientHash) {
        return clientHash & Long.MAX_VALUE;
    }

    @Override
    public @Nullable Member candidate(long ticket, List<Member> tried) {
        if (tried.size() >= takers) {
            return null;
        }
        int start = (int) (ticket % table.length);
        for (int step = 0; step < table.length; step++) {
            Member member = table[(start + step) % table.length];
            if (member.takesNew() && !Selector.isTried(member, tried)) {
                return member;
            }
        }
        return null;
    }
}
