package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.upstream.Backend;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names are asked of a server that is a socket of the JDK. */
class BackendResolverTest {

    private final EventLoops loops = new EventLoops("resolver-test", 1, false);
    private final EventLoop loop = loops.onServer(false).next();
    private final AtomicBoolean starved = new AtomicBoolean();
    private NameServer server;
    private BackendResolver resolver;

    @BeforeEach
    void start() throws Exception {
        server = new NameServer("backend.test", 127, 0, 0, 9);
        resolver = new BackendResolver(asking -> asking.datagramChannelFactory(this::newSocket)
                .socketChannelType(NioSocketChannel.class)
                .nameServerProvider(new SingletonDnsServerAddressStreamProvider(server.address())));
    }

    @AfterEach
    void end() {
        resolver.close();
        server.close();
        loops.dispose();
    }

    @Test
    void anAddressIsKnownAtOnce() {
        assertThat(resolver.resolve(backend("::1"), loop).getNow()).hasToString("/[0:0:0:0:0:0:0:1]:80");
    }

    @Test
    void aNameIsAskedForOnce() throws Exception {
        assertThat(resolve("backend.test").getNow().getAddress().getHostAddress())
                .isEqualTo("127.0.0.9");
        int asked = server.questions();
        assertThat(resolve("backend.test").isSuccess()).isTrue();

        assertThat(asked).isPositive();
        assertThat(server.questions()).isEqualTo(asked);
    }

    @Test
    void manyWhoComeBeforeTheAnswerAskOnce() throws Exception {
        List<Future<InetSocketAddress>> found = new ArrayList<>();
        loop.submit(() -> {
                    for (int i = 0; i < 100; i++) {
                        found.add(resolver.resolve(backend("backend.test"), loop));
                    }
                })
                .sync();
        for (Future<InetSocketAddress> each : found) {
            assertThat(each.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(each.isSuccess()).isTrue();
        }
        assertThat(server.questions()).isLessThanOrEqualTo(2); // for an IPv4 and an IPv6 address
    }

    @Test
    void aNameThatThereIsNotIsUnknown() throws Exception {
        Future<InetSocketAddress> found = resolve("nobody.test");

        assertThat(found.isSuccess()).isFalse();
        assertThat(BackendResolver.isUnknownName(found.cause())).isTrue();
    }

    @Test
    void aLoopThatHadNoSocketToAskByAsksWhenThereIsOne() throws Exception {
        starved.set(true);
        for (int i = 0; i < 3; i++) {
            Future<InetSocketAddress> found = resolve("backend.test");
            assertThat(found.isSuccess()).isFalse();
            assertThat(BackendResolver.isUnknownName(found.cause())).isFalse();
            assertThat(server.questions()).isZero();
        }

        starved.set(false);
        assertThat(resolve("backend.test").isSuccess()).isTrue();
    }

    /** Asks, and returns once all who are told have been told. */
    private Future<InetSocketAddress> resolve(String name) throws Exception {
        Future<InetSocketAddress> found = resolver.resolve(backend(name), loop);
        assertThat(found.await(30, TimeUnit.SECONDS)).isTrue();
        loop.submit(() -> {}).sync();
        return found;
    }

    private static Backend backend(String host) {
        return new Backend("a", host, 80, 10);
    }

    private DatagramChannel newSocket() {
        if (starved.get()) {
            throw new ChannelException("Unable to create Channel", new ChannelException("Too many open files"));
        }
        return new NioDatagramChannel();
    }
}
