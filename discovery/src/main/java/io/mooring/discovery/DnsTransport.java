package io.mooring.discovery;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * Where the sockets live by which name servers are asked.
 *
 * @param loops the event loops, which stay their owner's
 * @param streams the kind of TCP socket that goes with them
 * @param datagrams the kind of UDP socket that goes with them
 */
public record DnsTransport(
        EventLoopGroup loops, Class<? extends SocketChannel> streams, Class<? extends DatagramChannel> datagrams) {}
