/**
 * One line for each HTTP request, TCP connection and UDP flow, written off the event loops.
 *
 * <p>Starting points: {@link io.mooring.gateway.accesslog.AccessLog} takes the
 * {@link io.mooring.gateway.accesslog.AccessEntry entries}, whose fields are those of
 * {@link io.mooring.gateway.accesslog.LogField}.
 */
@NullMarked
package io.mooring.gateway.accesslog;

import org.jspecify.annotations.NullMarked;
