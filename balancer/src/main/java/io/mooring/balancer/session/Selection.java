package io.mooring.balancer.session;

import io.mooring.balancer.selection.Selector;
import io.mooring.balancer.upstream.UpstreamSnapshot;

/**
 * What a scope derives from its upstream's members: built when they change, read by every decision.
 *
 * @param snapshot the members
 * @param selector the scope's balancing over them
 */
record Selection(UpstreamSnapshot snapshot, Selector selector) {}
