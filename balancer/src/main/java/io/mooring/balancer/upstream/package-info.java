/**
 * What an upstream is made of, and its live state.
 *
 * <p>Starting points: {@link io.mooring.balancer.upstream.Upstream} is the one mutable thing; it publishes immutable
 * {@link io.mooring.balancer.upstream.UpstreamSnapshot snapshots} of {@link io.mooring.balancer.upstream.Member
 * members}, each a {@link io.mooring.balancer.upstream.Backend} with its {@link
 * io.mooring.balancer.upstream.BackendState state} and its {@link io.mooring.balancer.upstream.BackendActivity
 * activity}. A {@link io.mooring.balancer.upstream.BackendObserver} is told what traffic shows of a backend's
 * condition. How states follow from what is known is in {@code Condition} and {@code BackendLife}, and is set by a
 * {@link io.mooring.balancer.upstream.StatePolicy}.
 */
@NullMarked
package io.mooring.balancer.upstream;

import org.jspecify.annotations.NullMarked;
