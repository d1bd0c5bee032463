package io.mooring.balancer.selection;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weighted least connections: the member with the fewest active requests or connections per unit of
 * weight, found by looking at each. Equals are taken in the order of smooth weighted round robin, so
 * an idle upstream is balanced by weight instead of leaning on its first member.
 *
 * <p>The loads are read one after another while others change them: two event loops that pick at
 * the same instant may pick the same member. The next pick sees both.
 */
final class LeastConnectionsSelector implements Selector {

    private final Member[] round;
    private final Rotation rotation;
    private final Member[] members;

    LeastConnectionsSelector(UpstreamSnapshot snapshot, Rotation rotation) {
        List<Member> takers =
                snapshot.members().stream().filter(Member::takesNew).toList();
        this.members = takers.toArray(Member[]::new);
        this.round = SmoothSchedule.of(takers);
        this.rotation = rotation;
    }

    @Override
    public long ticket(long clientHash) {
        return rotation.advance();
    }

    @Override
    public @Nullable Member candidate(long ticket, List<Member> tried) {
        if (members.length == 0) {
            return null;
        }
        Member turn = round[(int) (ticket % round.length)];
        Member best = Selector.isTried(turn, tried) ? null : turn;
        long bestActive = turn.activity().active();
        for (Member member : members) {
            long active = member.activity().active();
            if (best == null
                    || active * best.backend().weight()
                            < bestActive * member.backend().weight()) {
                if (!Selector.isTried(member, tried)) {
                    best = member;
                    bestActive = active;
                }
            }
        }
        return best;
    }
}
