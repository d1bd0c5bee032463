package io.mooring.loadtest.clients.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UdpPairsTest {

    private static final int SOCKETS = 3;
    private static final int WINDOW = 4;
    private static final int SIZE = 64;

    private final AtomicLong datagrams = new AtomicLong();
    private final AtomicLong malformed = new AtomicLong();
    private final Map<SocketAddress, Long> nextSequence = new ConcurrentHashMap<>();

    @Test
    void everyDatagramIsPairedWithItsReply() throws Exception {
        PairTally tally = runAgainst(sequence -> Optional.of("backend-1"));

        assertThat(tally.toJson()).contains("\"pairs\":" + datagrams, "\"lost\":0,\"changed\":0}");
        assertThat(tally.isGood()).isTrue();
        assertThat(datagrams).hasValueGreaterThan(SOCKETS * WINDOW);
        assertThat(nextSequence).as("sockets").hasSize(SOCKETS);
    }

    @Test
    void anotherBackendIsSeen() throws Exception {
        PairTally tally = runAgainst(sequence -> Optional.of(sequence == 5 ? "backend-2" : "backend-1"));

        assertThat(tally.toJson()).contains("\"lost\":0,\"changed\":" + SOCKETS + "}");
        assertThat(tally.isGood()).isFalse();
    }

    @Test
    void aLostDatagramIsSeenAndItsPlaceTakenByAnother() throws Exception {
        PairTally tally = runAgainst(sequence -> sequence < WINDOW ? Optional.empty() : Optional.of("backend-1"));

        assertThat(tally.toJson()).contains("\"lost\":" + SOCKETS * WINDOW + ",");
        assertThat(tally.isGood()).isFalse();
        assertThat(datagrams).hasValueGreaterThan(2 * SOCKETS * WINDOW);
    }

    @Test
    void aPortThatNobodyListensOnIsSeen() throws Exception {
        InetSocketAddress address;
        try (DatagramSocket server = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            address = (InetSocketAddress) server.getLocalSocketAddress();
        }

        PairTally tally = UdpPairs.run(options(address));

        assertThat(tally.toJson()).contains("\"pairs\":0").doesNotContain("\"lost\":0");
        assertThat(tally.isGood()).isFalse();
    }

    private interface Backend {
        Optional<String> reply(long sequence);
    }

    private PairTally runAgainst(Backend backend) throws Exception {
        PairTally tally;
        Thread thread;
        try (DatagramSocket server = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            thread = new Thread(() -> serve(server, backend), "udp-backend");
            thread.start();
            tally = UdpPairs.run(options((InetSocketAddress) server.getLocalSocketAddress()));
        }
        thread.join();
        assertThat(malformed)
                .as("datagrams of another length or out of sequence")
                .hasValue(0);
        return tally;
    }

    private static UdpOptions options(InetSocketAddress target) {
        return new UdpOptions(target, SOCKETS, SIZE, Duration.ofMillis(1500), WINDOW);
    }

    private void serve(DatagramSocket server, Backend backend) {
        DatagramPacket packet = new DatagramPacket(new byte[2 * SIZE], 2 * SIZE);
        try {
            while (true) {
                packet.setLength(2 * SIZE);
                server.receive(packet);
                long sequence = check(packet);
                Optional<String> reply = backend.reply(sequence);
                if (reply.isPresent()) {
                    byte[] bytes = reply.get().getBytes(StandardCharsets.UTF_8);
                    server.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            assertThat(server.isClosed()).isTrue();
        }
    }

    /** Datagrams of one socket count on from 0, and are as long as was asked for. */
    private long check(DatagramPacket packet) {
        datagrams.incrementAndGet();
        long sequence = ByteBuffer.wrap(packet.getData()).getLong();
        long expected = nextSequence.merge(packet.getSocketAddress(), 1L, Long::sum) - 1;
        if (packet.getLength() != SIZE || expected != sequence) {
            malformed.incrementAndGet();
        }
        return sequence;
    }
}
