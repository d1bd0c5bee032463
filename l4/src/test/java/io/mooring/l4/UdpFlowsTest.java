package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.FlowSpec;
import io.mooring.balancer.upstream.Backend;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpFlowsTest {

    private static final String CLIENT = "127.0.0.2";

    @Test
    void aFlowEndsWithItsOneResponse() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(10, 1)));
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(client.ask("hello")).isEqualTo("ahello");
                    ConnectionRecord record = gateway.ended();
                    assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
                    assertThat(record.datagramsFromBackend()).isEqualTo(1);
                }
                assertThat(listener.open()).isZero();
            }
        }
    }

    @Test
    void questionsThatAreAskedTogetherAreAllAnsweredBeforeTheFlowEnds() throws Exception {
        int questions = 20;
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(10, 1)));
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                for (int i = 0; i < questions; i++) {
                    client.send("q" + i);
                }
                List<String> answers = new ArrayList<>();
                for (int i = 0; i < questions; i++) {
                    answers.add(new String(client.receive(), StandardCharsets.US_ASCII));
                }
                assertThat(answers).doesNotHaveDuplicates().allMatch(answer -> answer.startsWith("aq"));
                Eventually.await("all flows are over", () -> listener.open() == 0);
            }
        }
    }

    @Test
    void datagramsKeepTheirSizesAndTheirOrder() throws Exception {
        int[] sizes = {64, 64, 64, 20, 64, 64, 1500, 1500, 9, 9, 9, 10, 1, 1, 1232, 1232, 1232, 40_000, 5};
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.udp();
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                for (int round = 0; round < 20; round++) {
                    for (int i = 0; i < sizes.length; i++) {
                        byte[] payload = new byte[sizes[i]];
                        payload[0] = (byte) i;
                        client.send(payload);
                    }
                    for (int i = 0; i < sizes.length; i++) {
                        byte[] answer = client.receive();
                        assertThat(answer).hasSize(sizes[i] + 1);
                        assertThat(answer[1]).isEqualTo((byte) i);
                    }
                }
            }
            assertThat(listener.droppedDatagrams()).isZero();
        }
    }

    @Test
    void aClientWhoseDatagramsCameTogetherIsServedByAnotherBackendIfItsOwnIsGone() throws Exception {
        int clients = 20;
        int datagrams = 8;
        Backend gone;
        try (UdpBackend backend = UdpBackend.echo("d")) {
            gone = backend.spec();
        }
        try (UdpBackend alive = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, gone, alive.spec())) {
            BoundListener listener = gateway.udp();
            List<UdpClient> crowd = new ArrayList<>();
            HeldLoop one = HeldLoop.of(gateway, 0);
            HeldLoop other = HeldLoop.of(gateway, 1);
            try {
                for (int i = 1; i <= clients; i++) {
                    UdpClient client = new UdpClient(listener, "127.0.1." + i);
                    crowd.add(client);
                    // Each of another size, so that each is a system call, whose failure the next one is met by.
                    for (int size = 1; size <= datagrams; size++) {
                        client.send(new byte[size]);
                    }
                }
            } finally {
                one.release();
                other.release();
            }

            for (UdpClient client : crowd) {
                assertThat(client.insist("hello")).startsWith("a");
                client.close();
            }
            assertThat(listener.open()).isEqualTo(clients);
            assertThat(listener.droppedDatagrams()).isBetween(1L, (long) clients * datagrams);
        }
    }

    @Test
    void theBoundHoldsOverAllEventLoops() throws Exception {
        int max = 20;
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(max, 0)));
            List<UdpClient> clients = new ArrayList<>();
            for (int i = 0; i < 5 * max; i++) {
                UdpClient client = new UdpClient(listener, "127.0.1." + (i + 1));
                clients.add(client);
                assertThat(client.ask("hello")).isEqualTo("ahello");
                Eventually.await("the bound is kept", () -> listener.open() <= max);
            }
            assertThat(listener.open()).isEqualTo(max);
            assertThat(listener.evictedFlows()).isEqualTo(4L * max);
            for (int i = 4 * max; i < 5 * max; i++) {
                assertThat(clients.get(i).ask("still mine")).isEqualTo("astill mine");
            }
            assertThat(listener.evictedFlows()).isEqualTo(4L * max);
            clients.forEach(UdpClient::close);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aFloodThatOneEventLoopHasToBearAloneLeavesActiveClientsTheirFlows(int heldLoop) throws Exception {
        int max = 60;
        int active = 8;
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(max, 0)));
            List<UdpClient> clients = new ArrayList<>();
            for (int i = 0; i < active; i++) {
                UdpClient client = new UdpClient(listener, "127.0.1." + (i + 1));
                clients.add(client);
                client.ask("hello");
                client.ask("hello again");
            }
            flood(listener, max - active);
            Eventually.await("the flows are at their bound", () -> listener.open() == max);

            HeldLoop held = HeldLoop.of(gateway, heldLoop);
            try {
                Eventually.await("the other loop has evicted more than it ever had", () -> {
                    flood(listener, max);
                    return listener.evictedFlows() > 2L * max;
                });
                assertThat(listener.open()).isLessThanOrEqualTo(max + 2);
            } finally {
                held.release();
            }

            for (UdpClient client : clients) {
                assertThat(client.ask("still here")).isEqualTo("astill here");
            }
            Eventually.await("the bound is kept", () -> listener.open() == max);
            while (gateway.hasEnded()) {
                assertThat(gateway.ended().client().getAddress().getHostAddress())
                        .startsWith("127.0.2.");
            }
            clients.forEach(UdpClient::close);
        }
    }

    @Test
    void establishedFlowsLeaveNewcomersOneInFive() throws Exception {
        int max = 20;
        int newcomers = 30;
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.onNio(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(max, 0)));
            List<UdpClient> clients = new ArrayList<>();
            for (int i = 1; i <= max; i++) {
                UdpClient client = new UdpClient(listener, "127.0.1." + i);
                clients.add(client);
                client.ask("hello");
                client.ask("hello again");
            }
            for (int i = 1; i <= newcomers; i++) {
                UdpClient client = new UdpClient(listener, "127.0.2." + i);
                clients.add(client);
                assertThat(client.ask("hello")).isEqualTo("ahello");
            }

            List<String> evicted = new ArrayList<>();
            while (gateway.hasEnded()) {
                evicted.add(gateway.ended().client().getAddress().getHostAddress());
            }
            List<String> expected = new ArrayList<>();
            IntStream.rangeClosed(1, max / 5).forEach(i -> expected.add("127.0.1." + i));
            IntStream.rangeClosed(1, newcomers - max / 5).forEach(i -> expected.add("127.0.2." + i));
            assertThat(evicted).containsExactlyElementsOf(expected);
            clients.forEach(UdpClient::close);
        }
    }

    /** A datagram from each of so many sockets. */
    private static void flood(BoundListener listener, int sources) {
        for (int i = 0; i < sources; i++) {
            try (UdpClient source = new UdpClient(listener, "127.0.2." + (1 + i % 250))) {
                source.send("x");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** An event loop that is kept from its work, as one whose thread the machine does not run. */
    private static final class HeldLoop {

        private final AtomicBoolean held = new AtomicBoolean();
        private final AtomicBoolean released = new AtomicBoolean();

        static HeldLoop of(TestGateway gateway, int index) {
            HeldLoop loop = new HeldLoop();
            Iterator<EventExecutor> loops = gateway.group().iterator();
            EventExecutor chosen = loops.next();
            for (int i = 0; i < index; i++) {
                chosen = loops.next();
            }
            chosen.execute(loop::hold);
            Eventually.await("the loop is held", loop.held::get);
            return loop;
        }

        private void hold() {
            held.set(true);
            boolean holding = true;
            while (holding) {
                holding = !released.get();
            }
        }

        void release() {
            released.set(true);
        }
    }
}
