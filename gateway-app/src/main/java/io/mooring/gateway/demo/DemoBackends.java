package io.mooring.gateway.demo;

import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableChannel;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;
import reactor.netty.udp.UdpServer;

/**
 * A server for each backend of a topology, on the backend's own address, which answers with the
 * backend's id: to each HTTP request, to each piece of bytes on a TCP connection, to each datagram.
 *
 * <p>It owns the servers, and the event loop they share, and stops them when it is closed.
 */
public final class DemoBackends implements AutoCloseable {

    private final List<DisposableChannel> servers = new ArrayList<>();
    private final LoopResources loops = LoopResources.create("demo", 1, true);

    /**
     * Starts the servers.
     *
     * @throws RuntimeException when an address cannot be bound; those that were are released
     */
    public static DemoBackends start(Topology topology) {
        DemoBackends backends = new DemoBackends();
        try {
            for (UpstreamSpec upstream : topology.upstreams()) {
                Optional<Protocol> protocol = topology.listeners().stream()
                        .filter(listener -> listener.upstream().equals(upstream.name()))
                        .map(ListenerSpec::protocol)
                        .findFirst();
                upstream.backends().forEach(backend -> backends.servers.add(backends.serve(backend, protocol)));
            }
            return backends;
        } catch (RuntimeException e) {
            backends.close();
            throw e;
        }
    }

    @Override
    public void close() {
        servers.forEach(DisposableChannel::disposeNow);
        loops.dispose();
    }

    private DisposableChannel serve(Backend backend, Optional<Protocol> protocol) {
        return protocol.map(spoken -> switch (spoken) {
                    case TCP, TLS -> tcp(backend);
                    case UDP -> udp(backend);
                })
                .orElseGet(() -> http(backend));
    }

    private DisposableChannel http(Backend backend) {
        return HttpServer.create()
                .runOn(loops)
                .host(backend.host())
                .port(backend.port())
                // To answer before the request is read would be to close the connection.
                .handle((request, response) -> request.receive()
                        .then(response.header("Content-Type", "text/plain")
                                .sendString(Mono.just(answer(backend, request.method() + " " + request.uri()) + "\n"))
                                .then()))
                .bindNow();
    }

    private DisposableChannel tcp(Backend backend) {
        return TcpServer.create()
                .runOn(loops)
                .host(backend.host())
                .port(backend.port())
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .doOnChannelInit((observer, channel, remote) ->
                        channel.pipeline().replace(NettyPipeline.ReactiveBridge, "demo.echo", new Echo(backend)))
                .bindNow();
    }

    private Connection udp(Backend backend) {
        return UdpServer.create()
                .runOn(loops)
                .host(backend.host())
                .port(backend.port())
                .handle((inbound, outbound) -> outbound.sendObject(Flux.from(inbound.receiveObject())
                        .cast(DatagramPacket.class)
                        .map(packet -> reply(backend, packet))))
                .bindNow();
    }

    private static DatagramPacket reply(Backend backend, DatagramPacket packet) {
        ByteBuf content = Unpooled.copiedBuffer(
                answer(backend, packet.content().toString(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
        return new DatagramPacket(content, packet.sender());
    }

    private static String answer(Backend backend, String said) {
        return backend.id() + ": " + said;
    }

    /** Answers also a client that has said all it had to say, and closes when it has. */
    @SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection
    private static final class Echo extends ChannelInboundHandlerAdapter {
        private final Backend backend;

        Echo(Backend backend) {
            this.backend = backend;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(true);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf said = (ByteBuf) message;
            String text = answer(backend, said.toString(StandardCharsets.UTF_8));
            said.release();
            context.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
