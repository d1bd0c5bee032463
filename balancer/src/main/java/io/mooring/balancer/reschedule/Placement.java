package io.mooring.balancer.reschedule;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the members of an upstream mean for the connections and flows that are open. Immutable.
 *
 * <p>Nothing has to leave a backend as long as there is none that takes new clients: a backend that may still serve
 * those it has is better than none.
 */
public final class Placement {

    /** Of an upstream to which nobody is led any more. */
    public static final Placement NOWHERE = new Placement(Map.of(), true);

    private final Map<String, Member> members;
    private final boolean anywhereToGo;

    private Placement(Map<String, Member> members, boolean anywhereToGo) {
        this.members = members;
        this.anywhereToGo = anywhereToGo;
    }

    /** What these members mean. */
    public static Placement of(UpstreamSnapshot snapshot) {
        return new Placement(
                snapshot.members().stream().collect(Collectors.toUnmodifiableMap(Member::id, Function.identity())),
                snapshot.members().stream().anyMatch(Member::takesNew));
    }

    /** The ids of the members. */
    public Set<String> ids() {
        return members.keySet();
    }

    /** Why what a backend has open has to leave it, or null if it may stay. */
    public @Nullable RescheduleReason leaving(String backendId) {
        if (!anywhereToGo) {
            return null;
        }
        Member member = members.get(backendId);
        if (member == null) {
            return RescheduleReason.REMOVED;
        }
        return switch (member.state()) {
            case READY, PROBING -> null;
            case DOWN -> member.lastResort() ? null : RescheduleReason.UNHEALTHY;
            case DRAINING, MAINTENANCE -> RescheduleReason.DRAINED;
        };
    }

    /** Whether a client with a session bound to the backend would be sent there again. */
    public boolean servesBound(String backendId) {
        Member member = members.get(backendId);
        return member != null && member.servesBound();
    }

    /** Whether the backend is a member that takes new clients. */
    public boolean takesNew(String backendId) {
        Member member = members.get(backendId);
        return member != null && member.takesNew();
    }

    /**
     * Which part of what the others have open is due to these backends: their part of the weight of all that take new
     * clients. A backend that starts slowly counts with all its weight.
     *
     * @return 0 to 1
     */
    public double shareOf(Set<String> backendIds) {
        long all = 0;
        long theirs = 0;
        for (Member member : members.values()) {
            if (member.takesNew()) {
                all += member.backend().weight();
                theirs += backendIds.contains(member.id()) ? member.backend().weight() : 0;
            }
        }
        return all == 0 ? 0 : (double) theirs / all;
    }
}
