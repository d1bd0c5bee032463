/** What is typed after a subcommand. Starting point: {@link io.mooring.loadtest.clients.cli.CommandLine}. */
@NullMarked
package io.mooring.loadtest.clients.cli;

import org.jspecify.annotations.NullMarked;
