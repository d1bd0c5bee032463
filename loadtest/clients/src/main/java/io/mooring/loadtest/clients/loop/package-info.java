/** The one event loop of a client. Starting point: {@link io.mooring.loadtest.clients.loop.ClientLoop}. */
@NullMarked
package io.mooring.loadtest.clients.loop;

import org.jspecify.annotations.NullMarked;
