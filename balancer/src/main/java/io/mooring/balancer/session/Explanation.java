package io.mooring.balancer.session;

import io.mooring.balancer.upstream.Member;
import java.util.List;
import java.util.Optional;

/**
 * What a scope would do with a client that came now.
 *
 * @param outcome what became of persistence
 * @param bound the backend of the session that the client has, if it has one whose backend is not gone
 * @param candidates the backend that it would get, and those that follow if it cannot be reached, in this order; with
 *     balancing by turns the first is whose turn it is at this moment. Not all, if there are many
 * @param refused whether it would get none because its own cannot serve it and the policy is strict
 */
public record Explanation(Outcome outcome, Optional<Member> bound, List<Member> candidates, boolean refused) {

    public Explanation {
        candidates = List.copyOf(candidates);
    }
}
