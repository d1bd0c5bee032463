/** Text from outside, made fit to be told. Starting point: {@link io.mooring.balancer.text.PrintableLine}. */
@NullMarked
package io.mooring.balancer.text;

import org.jspecify.annotations.NullMarked;
