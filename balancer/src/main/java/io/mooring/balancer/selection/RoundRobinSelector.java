package io.mooring.balancer.selection;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Smooth weighted round robin in constant time: the round is laid out once, in a
 * {@link SmoothSchedule}, and a pick is the next place in it. The further candidates are those that
 * come next in the round.
 */
final class RoundRobinSelector implements Selector {

    private final Member[] round;
    private final Rotation rotation;

    RoundRobinSelector(UpstreamSnapshot snapshot, Rotation rotation) {
        this.round = SmoothSchedule.of(
                snapshot.members().stream().filter(Member::takesNew).toList());
        this.rotation = rotation;
    }

    @Override
    public long ticket(long clientHash) {
        return rotation.advance();
    }

    @Override
    public @Nullable Member candidate(long ticket, List<Member> tried) {
        if (round.length == 0) {
            return null;
        }
        int start = (int) (ticket % round.length);
        for (int step = 0; step < round.length; step++) {
            Member member = round[(start + step) % round.length];
            if (!Selector.isTried(member, tried)) {
                return member;
            }
        }
        return null;
    }
}
