package io.mooring.balancer.reschedule;

import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells which backends of an upstream are new. One is so once: when it takes clients for the first time since it was
 * added. One that comes back from being down, drained or in maintenance is not; one that was removed and added again
 * is.
 *
 * <p>Used by one thread.
 */
public final class Newcomers {

    private final Set<String> known;

    /** All members of this snapshot are known. */
    public Newcomers(UpstreamSnapshot first) {
        this.known = first.members().stream().map(Member::id).collect(Collectors.toCollection(HashSet::new));
    }

    /** The members that are new with this snapshot, and known from now on. */
    public Set<String> in(UpstreamSnapshot next) {
        known.retainAll(next.members().stream().map(Member::id).collect(Collectors.toSet()));
        Set<String> added = next.members().stream()
                .filter(Member::takesNew)
                .map(Member::id)
                .filter(id -> !known.contains(id))
                .collect(Collectors.toUnmodifiableSet());
        known.addAll(added);
        return added;
    }
}
