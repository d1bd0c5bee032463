/**
 * Requests at a constant rate, whatever the gateway makes of them: the latency of each counts from when it was due.
 *
 * <p>Start at {@link io.mooring.loadtest.clients.openloop.OpenLoop}; when a request is due is a matter of {@code
 * Arrivals}, who carries it of {@code Driver} and its {@code Lane}s. Everything runs on one event loop.
 */
@NullMarked
package io.mooring.loadtest.clients.openloop;

import org.jspecify.annotations.NullMarked;
