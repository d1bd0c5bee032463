package io.mooring.gateway.endtoend;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for those who must know theirs beforehand: below those that the system gives to who asks for any. */
public final class Ports {

    /** Builds at the same time on one machine begin at places of their own. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(22_000 + (int) (ProcessHandle.current().pid() % 100) * 100);

    private Ports() {}

    /** A port that is free now, and that nobody gets by chance. */
    public static int free(Protocol protocol) {
        while (true) {
            int port = NEXT.getAndIncrement();
            if (isFree(protocol, port)) {
                return port;
            }
        }
    }

    /** Whether nobody takes clients on a TCP port; to one that is taken nothing is sent, and it does not stay. */
    static boolean isRefused(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isFree(Protocol protocol, int port) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (AutoCloseable socket = switch (protocol) {
            case TCP, TLS -> new ServerSocket(port, 1, loopback);
            case UDP -> new DatagramSocket(port, loopback);
        }) {
            return socket != null;
        } catch (IOException e) {
            return false;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
