package io.mooring.balancer.selection;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One balancing algorithm over one snapshot of an upstream.
 *
 * <p>A selection is a {@linkplain #ticket ticket} and the candidates it stands for, in order: the
 * first choice, then those to try when it cannot be reached. Candidates are computed one at a time,
 * since the first is nearly always the last.
 *
 * <p>Immutable but for the {@link Rotation} it advances; safe for concurrent use; never blocks.
 */
public interface Selector {

    /**
     * Begins a selection.
     *
     * @param clientHash the hash of the client's address; algorithms that do not hash ignore it
     */
    long ticket(long clientHash);

    /**
     * The first candidate of the ticket's order that was not tried.
     *
     * @param ticket what {@link #ticket} gave
     * @param tried members not to give again, compared by id
     * @return null when no candidate is left
     */
    @Nullable
    Member candidate(long ticket, List<Member> tried);

    /** Builds the algorithm over the members of the snapshot that take new clients. */
    static Selector of(Balancing balancing, UpstreamSnapshot snapshot, Rotation rotation) {
        return switch (balancing) {
            case WEIGHTED_ROUND_ROBIN -> new RoundRobinSelector(snapshot, rotation);
            case WEIGHTED_LEAST_CONNECTIONS -> new LeastConnectionsSelector(snapshot, rotation);
            case IP_HASH -> new MaglevSelector(snapshot);
        };
    }

    /** Whether a member of this id is among the tried. */
    static boolean isTried(Member member, List<Member> tried) {
        for (int i = 0; i < tried.size(); i++) {
            if (tried.get(i).id().equals(member.id())) {
                return true;
            }
        }
        return false;
    }
}
