package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against backends that are sockets of the JDK. */
@EnabledIf(value = "isThere", disabledReason = "no native epoll on this machine")
class EpollBackendSocketTest {

    private final ByteBuf buffer = Unpooled.directBuffer(DatagramBuffers.MAX_DATAGRAM);
    private MultiThreadIoEventLoopGroup group;
    private IoEventLoop loop;
    private DatagramSocket backend;

    static boolean isThere() {
        return Epoll.isAvailable();
    }

    @BeforeEach
    void start() throws IOException {
        group = new MultiThreadIoEventLoopGroup(1, FrugalEpollHandler.around(EpollIoHandler.newFactory()));
        loop = group.next();
        backend = newBackend("127.0.0.1");
    }

    @AfterEach
    void end() throws InterruptedException {
        backend.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        buffer.release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void itSendsAndIsAnswered(String address) throws Exception {
        try (DatagramSocket other = newBackend(address)) {
            Flow flow = connect(other);

            flow.send(64, 64, 10);
            answer(other);
            answer(other);
            answer(other);

            flow.awaitTold("answered 64", "answered 64", "answered 10");
        }
    }

    @Test
    void whatOthersSendItDoesNotHear() throws Exception {
        Flow flow = connect(backend);
        flow.send(1);
        DatagramPacket received = receive(backend);
        try (DatagramSocket stranger = newBackend("127.0.0.1")) {
            stranger.send(new DatagramPacket(new byte[7], 7, received.getSocketAddress()));
        }
        backend.send(received);

        flow.awaitTold("answered 1");
    }

    @Test
    void anEmptyAnswerIsDropped() throws Exception {
        Flow flow = connect(backend);
        flow.send(1);
        DatagramPacket received = receive(backend);
        backend.send(new DatagramPacket(new byte[0], 0, received.getSocketAddress()));
        backend.send(received);

        flow.awaitTold("dropped 1", "answered 1");
    }

    @Test
    void aBackendThatIsNotThereIsUnreachable() throws Exception {
        Flow flow = connect(backend);
        backend.close();
        flow.send(1);

        flow.awaitTold("dropped 1", "unreachable");
    }

    @Test
    void onceClosedItTellsNothing() throws Exception {
        Flow flow = connect(backend);
        flow.whenAnswered = closing -> closing.socket().close();
        flow.send(1, 2);
        DatagramPacket first = receive(backend);
        DatagramPacket second = receive(backend);
        onLoop(() -> {
            // Both are there when it looks.
            backend.send(first);
            backend.send(second);
        });

        flow.awaitTold("answered 1");
        onLoop(() -> {});
        assertThat(flow.told).containsExactly("answered 1");
    }

    @Test
    void anErrorOfItsOwnersLeavesTheEventLoopAtWork() throws Exception {
        Flow failing = connect(backend);
        failing.whenAnswered = ignored -> {
            throw new OutOfMemoryError("on purpose");
        };
        failing.send(1);
        answer(backend);
        failing.awaitTold("answered 1", "failed OutOfMemoryError");

        Flow other = connect(backend);
        other.send(2);
        answer(backend);
        other.awaitTold("answered 2");
    }

    @Test
    void itEndsWithItsEventLoop() throws Exception {
        Flow flow = connect(backend);

        // Without a quiet period Netty may leave sockets to the end of the process.
        group.shutdownGracefully(50, 5_000, TimeUnit.MILLISECONDS).sync();

        assertThat(((EpollBackendSocket) flow.socket()).fd().isOpen()).isFalse();
    }

    private Flow connect(DatagramSocket to) throws Exception {
        Flow flow = new Flow();
        InetSocketAddress address = (InetSocketAddress) to.getLocalSocketAddress();
        onLoop(() -> EpollBackendSocket.connect(loop, address, buffer, flow));
        assertThat(flow.connected).isTrue();
        return flow;
    }

    private void onLoop(Task task) throws InterruptedException {
        loop.submit(() -> {
                    task.run();
                    return null;
                })
                .sync();
    }

    private static DatagramSocket newBackend(String address) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static DatagramPacket receive(DatagramSocket backend) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
        backend.receive(packet);
        return packet;
    }

    private static void answer(DatagramSocket backend) throws IOException {
        backend.send(receive(backend));
    }

    private interface Task {
        void run() throws Exception;
    }

    /** Writes down what it is told. */
    private final class Flow implements BackendSocket.Owner {
        private final List<String> told = new CopyOnWriteArrayList<>();
        private @Nullable BackendSocket opened;
        private boolean connected;
        private Consumer<Flow> whenAnswered = ignored -> {};

        BackendSocket socket() {
            return Objects.requireNonNull(opened);
        }

        void send(int... sizes) throws InterruptedException {
            onLoop(() -> {
                for (int size : sizes) {
                    socket().add(Unpooled.wrappedBuffer(new byte[size]));
                }
                socket().flush();
            });
        }

        void awaitTold(String... expected) throws Exception {
            Eventually.await(List.of(expected) + " is told", () -> told.equals(List.of(expected)));
        }

        @Override
        public void opened(BackendSocket socket) {
            opened = socket;
        }

        @Override
        public void connected() {
            connected = true;
        }

        @Override
        public void answered(ByteBuf payload) {
            told.add("answered " + payload.readableBytes());
            whenAnswered.accept(this);
        }

        @Override
        public void unreachable() {
            told.add("unreachable");
        }

        @Override
        public void dropped(int datagrams) {
            told.add("dropped " + datagrams);
        }

        @Override
        public void failed(@Nullable Throwable cause) {
            told.add("failed " + (cause == null ? null : cause.getClass().getSimpleName()));
        }
    }
}
