/**
 * Which backend a client without a session gets.
 *
 * <p>Starting points: {@link io.mooring.balancer.selection.Balancing} names the algorithms, and
 * {@link io.mooring.balancer.selection.Selector#of} builds one of them over a snapshot. A selector
 * never changes: when the members do, a new one is built.
 */
@NullMarked
package io.mooring.balancer.selection;

import org.jspecify.annotations.NullMarked;
