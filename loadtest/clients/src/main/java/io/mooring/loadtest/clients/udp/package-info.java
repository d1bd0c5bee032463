/**
 * Pairs of a datagram and its reply, in a closed loop, each checked to come from the socket's own backend.
 *
 * <p>Start at {@link io.mooring.loadtest.clients.udp.UdpPairs}; one socket is a {@code PairSocket}. Everything runs on
 * one event loop.
 */
@NullMarked
package io.mooring.loadtest.clients.udp;

import org.jspecify.annotations.NullMarked;
