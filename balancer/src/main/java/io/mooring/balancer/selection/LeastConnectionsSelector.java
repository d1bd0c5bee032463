package io.mooring.balancer.selection;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weighted least connections: the member with the fewest active requests or connections per unit of
 * weight, found by looking at each. Of equals, the one whose turn it is in smooth weighted round
 * robin is taken, so that an idle upstream is balanced by weight instead of leaning on its first
 * member; when the turn is a busier member's, the equals share it by weight.
 *
 * <p>The loads are read one after another while others change them: two event loops that pick at
 * the same instant may pick the same member. The next pick sees both.
 */
final class LeastConnectionsSelector implements Selector {

    /** The golden ratio's fraction in 64 bits: its multiples, cut to 64 bits, fill the range evenly. */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

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
        long weightOfEquals = 0;
        for (Member member : members) {
            if (Selector.isTried(member, tried)) {
                continue;
            }
            long active = member.activity().active();
            long difference = best == null ? -1 : difference(member, active, best, bestActive);
            if (difference < 0) {
                best = member;
                bestActive = active;
                weightOfEquals = 0;
            }
            if (difference <= 0) {
                weightOfEquals += member.weight();
            }
        }
        if (best == null || best.id().equals(turn.id()) || weightOfEquals == best.weight()) {
            return best;
        }
        return oneOfEquals(ticket, tried, best, bestActive, weightOfEquals);
    }

    private Member oneOfEquals(long ticket, List<Member> tried, Member best, long bestActive, long weightOfEquals) {
        long rest = (((ticket * GOLDEN) >>> 32) * weightOfEquals) >>> 32;
        for (Member member : members) {
            if (difference(member, member.activity().active(), best, bestActive) <= 0
                    && !Selector.isTried(member, tried)) {
                rest -= member.weight();
                if (rest < 0) {
                    return member;
                }
            }
        }
        return best;
    }

    /** Negative when the first has fewer active per unit of weight than the second, zero when as many. */
    private static long difference(Member member, long active, Member other, long otherActive) {
        return active * other.weight() - otherActive * member.weight();
    }
}
