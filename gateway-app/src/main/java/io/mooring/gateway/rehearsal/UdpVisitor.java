package io.mooring.gateway.rehearsal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A UDP client that comes from a new port each time. */
record UdpVisitor(InetSocketAddress listener) implements Client {

    private static final int MAX_ANSWER = 512;

    @Override
    public String visit(int number) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            byte[] said = ("visit " + number).getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(said, said.length, listener));
            DatagramPacket answer = new DatagramPacket(new byte[MAX_ANSWER], MAX_ANSWER);
            socket.receive(answer);
            return Client.backendOf(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8));
        }
    }
}
