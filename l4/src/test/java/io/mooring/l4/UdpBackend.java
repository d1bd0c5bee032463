package io.mooring.l4;

import io.mooring.balancer.upstream.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** A server on a UDP port of the loopback interface that sends each datagram back behind its one-letter id. */
final class UdpBackend implements AutoCloseable {

    /** What fits between an IP and a UDP header. */
    static final int LARGEST = 65_507;

    private final String id;
    private final DatagramSocket socket;
    private final ReentrantLock speech = new ReentrantLock();

    private UdpBackend(String id) throws IOException {
        this.id = id;
        this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(this::serve, "udp-backend");
        thread.setDaemon(true);
        thread.start();
    }

    static UdpBackend echo(String id) throws IOException {
        return new UdpBackend(id);
    }

    /** Answers nobody until the same thread has it speak. */
    void hush() {
        speech.lock();
    }

    /** Answers again, also what came meanwhile as far as the kernel had room for it. */
    void speak() {
        speech.unlock();
    }

    Backend spec() {
        return new Backend(id, "127.0.0.1", socket.getLocalPort(), Backend.DEFAULT_WEIGHT);
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve() {
        byte[] buffer = new byte[LARGEST];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                speech.lock();
                try {
                    socket.send(new DatagramPacket(answer(packet), answerLength(packet), packet.getSocketAddress()));
                } finally {
                    speech.unlock();
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** The largest datagram has no room for an id before it: its first byte becomes the id. */
    private byte[] answer(DatagramPacket packet) {
        byte[] data = Arrays.copyOf(packet.getData(), packet.getLength());
        byte[] answer = new byte[answerLength(packet)];
        int room = answer.length - 1;
        System.arraycopy(data, data.length - room, answer, 1, room);
        answer[0] = id.getBytes(StandardCharsets.US_ASCII)[0];
        return answer;
    }

    private static int answerLength(DatagramPacket packet) {
        return Math.min(packet.getLength() + 1, LARGEST);
    }
}
