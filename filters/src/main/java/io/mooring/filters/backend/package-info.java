/**
 * The connection to a backend, and how it fails.
 *
 * <p>Starting points: {@link io.mooring.filters.backend.BackendFailure} says what went wrong, whatever exception the
 * layers below threw; {@link io.mooring.filters.backend.BackendConnections} is what the gateway's HTTP client is
 * taught.
 */
@NullMarked
package io.mooring.filters.backend;

import org.jspecify.annotations.NullMarked;
