/**
 * The gateway under traffic of its own for some seconds, so that a JVM which records what a start and its first
 * requests need sees both. Starting point: {@link io.mooring.gateway.rehearsal.Rehearsal}.
 */
@NullMarked
package io.mooring.gateway.rehearsal;

import org.jspecify.annotations.NullMarked;
