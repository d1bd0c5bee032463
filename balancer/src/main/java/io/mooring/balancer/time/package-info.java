/**
 * Elapsed time as a parameter. Starting point: {@link io.mooring.balancer.time.Ticker}.
 *
 * <p>Wall-clock time, for what leaves the process, is {@link java.time.InstantSource} of the JDK.
 */
@NullMarked
package io.mooring.balancer.time;

import org.jspecify.annotations.NullMarked;
