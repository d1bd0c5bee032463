/**
 * JMH benches of what the balancer does for each request, connection and datagram. With {@code -prof gc}
 * they show that it allocates nothing beyond the decision itself; {@code loadtest/bin/micro} runs them.
 *
 * <p>Starting points: {@link io.mooring.loadtest.micro.SelectionBench} and
 * {@link io.mooring.loadtest.micro.DecisionBench}.
 */
@NullMarked
package io.mooring.loadtest.micro;

import org.jspecify.annotations.NullMarked;
