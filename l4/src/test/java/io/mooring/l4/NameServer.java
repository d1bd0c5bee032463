package io.mooring.l4;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server that knows one name, and an IPv4 address of it. */
final class NameServer implements AutoCloseable {

    private static final int HEADER = 12;
    private static final short TYPE_A = 1;
    private static final short CLASS_IN = 1;
    private static final short ANSWER = (short) 0x8180;
    private static final short NO_SUCH_NAME = (short) 0x8183;
    private static final short NAME_OF_THE_QUESTION = (short) 0xc00c;
    private static final int TTL_SECONDS = 60;

    private final DatagramSocket socket;
    private final String name;
    private final byte[] ipv4;
    private final AtomicInteger questions = new AtomicInteger();

    NameServer(String name, int... ipv4) throws IOException {
        this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        this.name = name;
        this.ipv4 = new byte[ipv4.length];
        for (int i = 0; i < ipv4.length; i++) {
            this.ipv4[i] = (byte) ipv4[i];
        }
        Thread thread = new Thread(this::serve, "name-server");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
    }

    int questions() {
        return questions.get();
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                socket.receive(packet);
                questions.incrementAndGet();
                byte[] answer = answer(packet.getData());
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private byte[] answer(byte[] received) {
        ByteBuffer question = ByteBuffer.wrap(received);
        short id = question.getShort();
        question.position(HEADER);
        StringBuilder asked = new StringBuilder();
        for (byte length = question.get(); length > 0; length = question.get()) {
            byte[] label = new byte[length];
            question.get(label);
            asked.append(asked.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        boolean isAddress = question.getShort() == TYPE_A;
        question.getShort();
        boolean isKnown = asked.toString().equals(name);
        int end = question.position();
        ByteBuffer answer = ByteBuffer.allocate(end + 16);
        answer.putShort(id).putShort(isKnown ? ANSWER : NO_SUCH_NAME).putShort((short) 1);
        answer.putShort((short) (isKnown && isAddress ? 1 : 0)).putInt(0);
        answer.put(received, HEADER, end - HEADER);
        if (isKnown && isAddress) {
            answer.putShort(NAME_OF_THE_QUESTION).putShort(TYPE_A).putShort(CLASS_IN);
            answer.putInt(TTL_SECONDS).putShort((short) ipv4.length).put(ipv4);
        }
        return Arrays.copyOf(answer.array(), answer.position());
    }
}
