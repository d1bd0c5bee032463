/**
 * What is typed after {@code bin/mooring}. Starting point: {@link io.mooring.gateway.cli.Command}.
 */
@NullMarked
package io.mooring.gateway.cli;

import org.jspecify.annotations.NullMarked;
