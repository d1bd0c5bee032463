package io.mooring.l4;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A client of a UDP listener, with a port of its own on a given address. It hears the listener only. */
final class UdpClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final DatagramSocket socket;

    UdpClient(BoundListener listener, String from) throws IOException {
        this(listener, from, "127.0.0.1");
    }

    /** One that writes to a given address of the listener's, and hears what comes from there only. */
    UdpClient(BoundListener listener, String from, String to) throws IOException {
        this(
                new InetSocketAddress(from, 0),
                new InetSocketAddress(
                        InetAddress.getByName(to), listener.address().getPort()));
    }

    /** One whose both ends are given. */
    UdpClient(InetSocketAddress from, InetSocketAddress to) throws IOException {
        socket = new DatagramSocket(from);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(to);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.US_ASCII));
    }

    void send(byte[] bytes) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    byte[] receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[UdpBackend.LARGEST], UdpBackend.LARGEST);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** Sends and hears the answer. */
    String ask(String text) throws IOException {
        send(text);
        return new String(receive(), StandardCharsets.US_ASCII);
    }

    /** Asks again and again, as clients do whose datagrams are lost, until there is an answer. */
    String insist(String text) throws IOException {
        socket.setSoTimeout(100);
        for (int i = 0; i < 100; i++) {
            try {
                return ask(text);
            } catch (SocketTimeoutException e) {
                socket.setSoTimeout(100);
            }
        }
        throw new AssertionError("no answer to " + text);
    }

    /** Whether something comes within a while. */
    boolean hears(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            receive();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
