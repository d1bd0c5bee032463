/**
 * What the gateway counts. Starting points: {@link io.mooring.gateway.metrics.MetricName} lists the
 * metrics, and {@link io.mooring.gateway.metrics.GatewayMetrics} registers them.
 *
 * <p>All but the timers of HTTP requests are read from where the figures are kept anyway, when somebody asks: no
 * request pays for them. No tag holds anything that a client chooses.
 */
@NullMarked
package io.mooring.gateway.metrics;

import org.jspecify.annotations.NullMarked;
