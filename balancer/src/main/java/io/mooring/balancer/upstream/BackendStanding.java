package io.mooring.balancer.upstream;

import java.time.Instant;

/**
 * The state of a backend, and how it came about.
 *
 * @param state the state
 * @param reason why it is in it, in a few words for an operator
 * @param since when that began, by the wall clock
 * @param admin what its operator wants of it
 */
public record BackendStanding(BackendState state, String reason, Instant since, AdminState admin) {}
