package io.mooring.balancer.upstream;

import java.time.Duration;

/**
 * The state of a backend, and how it came about.
 *
 * @param state the state
 * @param reason why it is in it, in a few words for an operator
 * @param lasting for how long it has been
 * @param admin what its operator wants of it
 */
public record BackendStanding(BackendState state, String reason, Duration lasting, AdminState admin) {}
