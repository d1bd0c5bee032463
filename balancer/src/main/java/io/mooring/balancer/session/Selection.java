package io.mooring.balancer.session;

import io.mooring.balancer.selection.Selector;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scope derives from its upstream's members: built when they change, read by every decision.
 *
 * @param snapshot the members
 * @param selector the scope's balancing over them
 */
record Selection(UpstreamSnapshot snapshot, Selector selector) {

    /** How many lost candidates are looked past, so that a failover costs little in a large fleet. */
    private static final int MOST_LOST = 8;

    /**
     * The candidate to go on with, some time after the selection was made: one that still takes clients before one that
     * does not.
     *
     * @param tried members not to give again
     * @param now how the members are now
     * @return null when no candidate is left
     */
    @Nullable
    Member next(long ticket, List<Member> tried, UpstreamSnapshot now) {
        Member first = selector.candidate(ticket, tried);
        if (first == null) {
            return first;
        }
        List<Member> passed = new ArrayList<>(tried);
        Member next = first;
        for (int lost = 0; next != null && lost <= MOST_LOST; lost++) {
            if (now.member(next.id()).filter(Member::takesNew).isPresent()) {
                return next;
            }
            passed.add(next);
            next = selector.candidate(ticket, passed);
        }
        return first;
    }
}
