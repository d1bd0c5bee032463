/**
 * What is remembered of clients that are known by their source address.
 *
 * <p>Starting points: {@link io.mooring.balancer.source.SourcePrefixes} makes a
 * {@link io.mooring.balancer.source.SourceAddress} of an address, and
 * {@link io.mooring.balancer.source.SourceTable} remembers which backend each is bound to.
 */
@NullMarked
package io.mooring.balancer.source;

import org.jspecify.annotations.NullMarked;
