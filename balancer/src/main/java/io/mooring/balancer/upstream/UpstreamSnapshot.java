package io.mooring.balancer.upstream;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The members of an upstream at one moment, in the order of their configuration.
 *
 * @param upstream the upstream's name
 * @param members no two with the same id
 */
public record UpstreamSnapshot(String upstream, List<Member> members) {

    public UpstreamSnapshot {
        Objects.requireNonNull(upstream, "upstream");
        members = List.copyOf(members);
        if (members.stream().map(Member::id).distinct().count() != members.size()) {
            throw new IllegalArgumentException("members: two with one id (expected: ids that differ)");
        }
    }

    /** The member with this backend id, or empty when the upstream has none. */
    public Optional<Member> member(String id) {
        return members.stream().filter(member -> member.id().equals(id)).findFirst();
    }
}
