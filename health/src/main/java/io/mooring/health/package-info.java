/**
 * Finds out whether backends can serve, and tells their upstreams: by probes, and by what traffic shows.
 *
 * <p>Starting points: a {@link io.mooring.health.HealthMonitor} follows the upstreams of a fleet. For each backend it
 * has a {@code BackendCheck}, which runs a {@code Probe} now and then; for each upstream an {@code Ejector}, which
 * counts failures of traffic, and an {@code UpstreamClock}, which wakes it up when time changes a state. What a state
 * follows from is decided in {@link io.mooring.balancer.upstream.Upstream}.
 *
 * <p>Sockets live on event loops. Everything else happens on one thread, so that no loop waits for a snapshot to be
 * built.
 */
@NullMarked
package io.mooring.health;

import org.jspecify.annotations.NullMarked;
