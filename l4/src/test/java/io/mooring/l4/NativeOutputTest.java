package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What arrives of what is sent through the kernel's own cutting up, which must not show. */
@EnabledIf(value = "isThere", disabledReason = "no kernel here that takes runs of datagrams")
class NativeOutputTest {

    private static final int SOL_SOCKET = 1;
    private static final int SO_NO_CHECK = 11;

    private final List<Integer> lost = new ArrayList<>();
    private DatagramSocket receiver;
    private LinuxSocket socket;
    private NativeOutput output;

    static boolean isThere() {
        return DatagramRun.isSupported();
    }

    @BeforeEach
    void open() throws IOException {
        receiver = newReceiver();
        socket = LinuxSocket.newSocketDgram(false);
        output = new NativeOutput(socket, (datagrams, cause) -> lost.add(datagrams));
    }

    @AfterEach
    void close() throws IOException {
        output.close();
        socket.close();
        receiver.close();
    }

    @Test
    void datagramsOfOneSizeArriveApartAndInOrder() throws IOException {
        socket.connect(address(receiver));

        send(null, 64, 64, 64, 64);

        assertThat(received(receiver, 4)).containsExactly(64, 64, 64, 64);
        assertThat(lost).isEmpty();
    }

    @Test
    void datagramsOfAllSizesArriveWhole() throws IOException {
        socket.connect(address(receiver));
        Integer[] sizes = {64, 64, 30, 64, 1_000, 64, 65, 65, 2, 1, 1_400, 1_400, 9_000, 64, 64, 1_232, 1_232, 1_300};

        for (int i = 0; i < 3; i++) {
            send(null, sizes);
            assertThat(received(receiver, sizes.length)).containsExactly(sizes);
        }
        assertThat(lost).isEmpty();
    }

    @Test
    void aDatagramOfItsOwnIsNotCutUpAsTheRunBeforeItWas() throws IOException {
        socket.connect(address(receiver));
        send(null, 64, 64);

        send(null, 30);
        send(null, 64);
        send(null, 1_000);
        send(null, 64);

        assertThat(received(receiver, 6)).containsExactly(64, 64, 30, 64, 1_000, 64);
    }

    @Test
    void eachGoesToItsOwnAddress() throws IOException {
        try (DatagramSocket other = newReceiver()) {
            output.add(address(receiver), payload(10));
            output.add(address(other), payload(10));
            output.add(address(other), payload(10));
            output.add(address(receiver), payload(11));
            output.flush();

            assertThat(received(receiver, 2)).containsExactly(10, 11);
            assertThat(received(other, 2)).containsExactly(10, 10);
        }
    }

    @Test
    void moreThanARunCanHoldLeavesInSeveral() throws IOException {
        socket.connect(address(receiver));
        Integer[] sizes = new Integer[150];
        Arrays.fill(sizes, 100);

        send(null, sizes);

        assertThat(received(receiver, sizes.length)).containsExactly(sizes);
        assertThat(lost).isEmpty();
    }

    @Test
    void whereTheKernelRefusesARunItsDatagramsLeaveOneByOne() throws IOException {
        socket.connect(address(receiver));
        socket.setIntOpt(SOL_SOCKET, SO_NO_CHECK, 1); // it cuts up nothing that has no checksum

        send(null, 64, 64, 30);
        assertThat(received(receiver, 3)).containsExactly(64, 64, 30);
        send(null, 64, 64);
        assertThat(received(receiver, 2)).containsExactly(64, 64);
        assertThat(lost).isEmpty();
    }

    @Test
    void whatNeverLeavesIsCounted() throws IOException {
        socket.connect(address(receiver));
        output.add(null, payload(64));
        output.add(null, payload(64));

        output.close();
        output.add(null, payload(64));
        output.flush();

        assertThat(lost).containsExactly(2, 1);
        receiver.setSoTimeout(100);
        assertThat(received(receiver, 1)).isEmpty();
    }

    private void send(@Nullable InetSocketAddress to, Integer... sizes) {
        for (int size : sizes) {
            output.add(to, payload(size));
        }
        output.flush();
    }

    private static ByteBuf payload(int size) {
        return Unpooled.wrappedBuffer(new byte[size]);
    }

    private static DatagramSocket newReceiver() throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static InetSocketAddress address(DatagramSocket socket) {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** The sizes of so many, or of those that came in time. */
    private static List<Integer> received(DatagramSocket socket, int datagrams) throws IOException {
        List<Integer> sizes = new ArrayList<>();
        try {
            while (sizes.size() < datagrams) {
                DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
                socket.receive(packet);
                sizes.add(packet.getLength());
            }
        } catch (SocketTimeoutException e) {
            return sizes;
        }
        return sizes;
    }
}
