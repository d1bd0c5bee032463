package io.mooring.balancer.upstream;

/**
 * A backend's change of state.
 *
 * @param upstream the upstream's name
 * @param backend the backend's id
 * @param from the state before
 * @param to the state now
 * @param reason why, in a few words for an operator
 */
public record StateChange(String upstream, String backend, BackendState from, BackendState to, String reason) {}
