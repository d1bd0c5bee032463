/**
 * Many sticky clients at once, each of which checks on every response that its backend is still the same.
 *
 * <p>Start at {@link io.mooring.loadtest.clients.soak.Soak}; one client is a {@code StickyClient}. Everything
 * runs on one event loop, so that thousands of clients leave the processors to what they test.
 */
@NullMarked
package io.mooring.loadtest.clients.soak;

import org.jspecify.annotations.NullMarked;
