package io.mooring.l4;

import static io.mooring.l4.TestGateway.STICKY;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.FlowSpec;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UdpFloodTest {

    private static final int SOURCES = 2_996;
    private static final int MAX_FLOWS = 100;
    private static final int ACTIVE = 4;
    private static final int SOURCES_BETWEEN_QUESTIONS = 50;
    /** The bound of the policy's source table. */
    private static final int MAX_SESSIONS = 1_000;

    @Test
    void aFloodOfSourcesTakesNoMoreThanIsAllowedAndLeavesActiveClientsAlone() throws Exception {
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                TestGateway gateway = TestGateway.of(STICKY, a.spec(), b.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(MAX_FLOWS, 0)));
            List<UdpClient> active = new ArrayList<>();
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < ACTIVE; i++) {
                UdpClient client = new UdpClient(listener, "127.1.0." + (i + 1));
                active.add(client);
                answers.add(client.ask("x"));
            }
            flood(listener, 0, MAX_FLOWS - ACTIVE);
            long memory = DirectMemory.used();
            List<LoopProbe> probes = LoopProbe.on(gateway);

            for (int sent = MAX_FLOWS - ACTIVE; sent < SOURCES; sent += SOURCES_BETWEEN_QUESTIONS) {
                for (int i = 0; i < ACTIVE; i++) {
                    assertThat(active.get(i).ask("x")).isEqualTo(answers.get(i));
                }
                flood(listener, sent, SOURCES_BETWEEN_QUESTIONS);
                assertThat(listener.open()).isLessThanOrEqualTo(MAX_FLOWS + 2);
                assertThat(gateway.scope.liveSessions().orElseThrow()).isLessThanOrEqualTo(MAX_SESSIONS);
            }

            Eventually.await("all sources had a flow", () -> gateway.scope.outcomes(Outcome.NEW) >= SOURCES + ACTIVE);
            Eventually.await("the bound is kept", () -> listener.open() <= MAX_FLOWS);
            assertThat(listener.open()).isEqualTo(MAX_FLOWS);
            assertThat(listener.evictedFlows()).isEqualTo(SOURCES + ACTIVE - MAX_FLOWS);
            assertThat(gateway.scope.outcomes(Outcome.NEW)).isEqualTo(SOURCES + ACTIVE);
            assertThat(DirectMemory.used()).isEqualTo(memory);
            for (LoopProbe probe : probes) {
                assertThat(probe.longestTurn()).isLessThan(Duration.ofMillis(50));
            }
            active.forEach(UdpClient::close);
        }
    }

    /** A datagram from each of so many addresses, none of which sends a second one. */
    private static void flood(BoundListener listener, int first, int sources) throws IOException {
        for (int i = first; i < first + sources; i++) {
            InetAddress source = InetAddress.getByAddress(new byte[] {127, 2, (byte) (i >> 8), (byte) i});
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(source, 0))) {
                socket.send(new DatagramPacket(new byte[64], 64, listener.address()));
            }
        }
    }

    /**
     * How much processor time an event loop takes from one look at a timer to the next: time in which it was kept from
     * running by other programs does not count, so a busy machine does not look like a stall.
     */
    private static final class LoopProbe {

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
        private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

        private final EventLoop loop;
        private final AtomicLong longest = new AtomicLong();
        private long before;

        private LoopProbe(EventLoop loop) {
            this.loop = loop;
        }

        static List<LoopProbe> on(TestGateway gateway) {
            List<LoopProbe> probes = new ArrayList<>();
            for (EventExecutor loop : gateway.group()) {
                LoopProbe probe = new LoopProbe((EventLoop) loop);
                probe.loop.execute(() -> {
                    probe.before = THREADS.getCurrentThreadCpuTime();
                    probe.next();
                });
                probes.add(probe);
            }
            return probes;
        }

        Duration longestTurn() {
            return Duration.ofNanos(longest.get());
        }

        private void next() {
            Future<?> unused = loop.schedule(this::look, EVERY_NANOS, TimeUnit.NANOSECONDS);
        }

        private void look() {
            long now = THREADS.getCurrentThreadCpuTime();
            longest.accumulateAndGet(now - before, Math::max);
            before = now;
            next();
        }
    }
}
