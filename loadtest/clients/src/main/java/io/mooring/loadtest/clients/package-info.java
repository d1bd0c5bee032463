/**
 * Load clients that see a gateway from outside only, each a subcommand of one program.
 *
 * <p>Start at {@link io.mooring.loadtest.clients.LoadClients}.
 */
@NullMarked
package io.mooring.loadtest.clients;

import org.jspecify.annotations.NullMarked;
