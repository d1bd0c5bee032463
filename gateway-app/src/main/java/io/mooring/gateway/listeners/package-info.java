/**
 * The layer 4 listeners in the life of the program. Starting point: {@link
 * io.mooring.gateway.listeners.ListenerLifecycle}.
 */
@NullMarked
package io.mooring.gateway.listeners;

import org.jspecify.annotations.NullMarked;
