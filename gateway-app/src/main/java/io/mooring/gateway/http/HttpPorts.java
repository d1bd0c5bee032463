package io.mooring.gateway.http;

import io.mooring.l4.EventLoops;
import io.mooring.l4.NewcomerFilter;
import io.mooring.l4.PortSharing;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerConfig;

/**
 * Opens the ports of HTTP so that another gateway can take them over, and keeps newcomers off them for a moment before
 * the servers stop, so that nobody is reset who was about to be accepted.
 */
public final class HttpPorts implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, SmartLifecycle {

    private final EventLoops loops;
    private final PortSharing sharing;
    private final List<Channel> bound = new CopyOnWriteArrayList<>();
    private volatile boolean running;

    /** Ports on these loops. */
    public HttpPorts(EventLoops loops, PortSharing sharing) {
        this.loops = loops;
        this.sharing = sharing;
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        if (loops.isNative()) {
            factory.addServerCustomizers(this::shared);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        boolean filtered = false;
        for (Channel listening : bound) {
            filtered |= NewcomerFilter.attach(listening);
        }
        if (filtered) {
            Mono.delay(NewcomerFilter.ROUND_TRIP)
                    .doFinally(signal -> callback.run())
                    .subscribe();
        } else {
            callback.run();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops before the servers do. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
    }

    private HttpServer shared(HttpServer server) {
        return server.option(UnixChannelOption.SO_REUSEPORT, true)
                .doOnBind(this::claim)
                .doOnBound(opened -> bound.add(opened.channel()));
    }

    private void claim(HttpServerConfig config) {
        Supplier<? extends SocketAddress> address = config.bindAddress();
        if (address != null && address.get() instanceof InetSocketAddress port) {
            try {
                sharing.requireTcp(port);
            } catch (IOException e) {
                throw ChannelBindException.fail(port, e);
            }
        }
    }
}
