package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Against a server whose connections read only when they are told to, one message at a time. */
@EnabledIf(value = "isThere", disabledReason = "no native epoll on this machine")
class FrugalEpollHandlerTest {

    private static final int MESSAGES = 200;

    private final AtomicInteger submissions = new AtomicInteger();
    private final AtomicInteger events = new AtomicInteger();
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private EventLoopGroup group;
    private Socket client;
    private Channel server;

    static boolean isThere() {
        return Epoll.isAvailable();
    }

    @BeforeEach
    void connect() throws Exception {
        IoHandlerFactory counted =
                executor -> new CountingHandler(EpollIoHandler.newFactory().newHandler(executor), submissions, events);
        group = new MultiThreadIoEventLoopGroup(1, FrugalEpollHandler.around(counted));
        Channel listening = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Echo());
                        accepted.add(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        InetSocketAddress address = (InetSocketAddress) listening.localAddress();
        client = new Socket(address.getAddress(), address.getPort());
        client.setSoTimeout(10_000);
        server = accepted.poll(10, TimeUnit.SECONDS);
        onLoop(() -> {}); // whatever belongs to accepting is over
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @Test
    void readingOnDemandTellsTheKernelNothingNew() throws Exception {
        echoOnce();
        int before = submissions.get();

        for (int i = 0; i < MESSAGES; i++) {
            echoOnce();
        }

        assertThat(submissions.get() - before).isLessThan(MESSAGES / 10);
    }

    @Test
    void whatArrivesUnaskedIsReportedOnceAndReadWhenAskedFor() throws Exception {
        echoOnce();
        int told = submissions.get();
        client.getOutputStream().write('x');
        Eventually.await("the interest is taken back", () -> submissions.get() > told);
        int reported = events.get();

        for (int i = 0; i < MESSAGES; i++) {
            onLoop(() -> {});
        }

        assertThat(events.get() - reported).isLessThan(MESSAGES / 10);
        onLoop(server::read);
        assertThat(client.getInputStream().read()).isEqualTo('x');
    }

    @Test
    void theEndOfTheInputIsSeenAfterAPause() throws Exception {
        echoOnce();
        client.getOutputStream().write('x');
        client.shutdownOutput();
        onLoop(() -> {});

        onLoop(server::read);
        assertThat(client.getInputStream().read()).isEqualTo('x');
        onLoop(server::read);

        assertThat(client.getInputStream().read()).isEqualTo('y');
    }

    private void echoOnce() throws IOException, InterruptedException {
        onLoop(server::read);
        client.getOutputStream().write('x');
        assertThat(client.getInputStream().read()).isEqualTo('x');
    }

    private void onLoop(Runnable task) throws InterruptedException {
        server.eventLoop().submit(task).sync();
    }

    /** Sends back what it reads, and {@code y} when there is no more. */
    @SuppressWarnings("FutureReturnValueIgnored") // the client sees whether it was sent
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownReadComplete.INSTANCE) {
                ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('y'));
            }
        }
    }

    /** The real handler, with a count of what it is told and of what it reports. */
    private record CountingHandler(IoHandler epoll, AtomicInteger submissions, AtomicInteger events)
            implements IoHandler {

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return new CountingRegistration(epoll.register(handle), submissions);
        }

        @Override
        public int run(IoHandlerContext context) {
            int handled = epoll.run(context);
            events.addAndGet(handled);
            return handled;
        }

        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return epoll.isCompatible(type);
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.destroy();
        }
    }

    private record CountingRegistration(IoRegistration registration, AtomicInteger submissions)
            implements IoRegistration {

        @Override
        public long submit(IoOps ops) {
            submissions.incrementAndGet();
            return registration.submit(ops);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as the interface has it
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
