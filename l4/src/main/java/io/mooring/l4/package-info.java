/**
 * TCP and UDP listeners: sockets around the decisions of {@link io.mooring.balancer.session.Scope}.
 *
 * <p>Starting points: {@link io.mooring.l4.L4Listeners} opens a {@link io.mooring.l4.BoundListener} for a
 * {@link io.mooring.balancer.topology.ListenerSpec}; a TCP client comes in by a
 * {@link io.mooring.l4.TcpAcceptor}, and its connection is a {@link io.mooring.l4.TcpConnection} of two
 * {@link io.mooring.l4.RelaySide}s, a UDP client is a {@link io.mooring.l4.UdpFlow} in a
 * {@link io.mooring.l4.UdpListener}. What became of each is told to an {@link io.mooring.l4.L4Observer}.
 *
 * <p>Both sockets of a connection live on one event loop, and nothing of a connection is touched by another thread.
 */
@NullMarked
package io.mooring.l4;

import org.jspecify.annotations.NullMarked;
