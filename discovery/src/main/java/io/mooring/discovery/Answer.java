package io.mooring.discovery;

import io.mooring.balancer.upstream.Backend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a source says when it is asked.
 *
 * @param members in the order of their ids, which differ, so that the same members are the same answer
 * @param complaints what is wrong with it, each fit for a line of the log
 */
record Answer(List<Backend> members, List<String> complaints) {

    Answer {
        members = List.copyOf(members);
        complaints = List.copyOf(complaints);
    }

    /** The answer of these members, of which the first of an id counts. */
    static Answer of(Collection<Backend> found, Collection<String> complaints) {
        Map<String, Backend> byId = new TreeMap<>();
        List<String> all = new ArrayList<>(complaints);
        for (Backend member : found) {
            Backend first = byId.putIfAbsent(member.id(), member);
            if (first != null && !first.equals(member)) {
                all.add("member " + member.id() + ": at " + first.address() + " and at " + member.address()
                        + " (expected: ids that differ); the first counts");
            }
        }
        return new Answer(List.copyOf(byId.values()), all);
    }
}
