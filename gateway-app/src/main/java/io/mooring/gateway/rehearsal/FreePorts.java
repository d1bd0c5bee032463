package io.mooring.gateway.rehearsal;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Loopback ports that are free for TCP and UDP alike. */
final class FreePorts {

    private FreePorts() {}

    /** So many ports that differ; nothing keeps another program from taking one meanwhile. */
    static List<Integer> find(int count) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        List<ServerSocket> held = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            while (ports.size() < count) {
                ServerSocket socket = new ServerSocket(0, 1, loopback);
                held.add(socket);
                if (isFreeForUdp(socket.getLocalPort(), loopback)) {
                    ports.add(socket.getLocalPort());
                }
            }
            return ports;
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private static boolean isFreeForUdp(int port, InetAddress address) {
        try (DatagramSocket socket = new DatagramSocket(port, address)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
