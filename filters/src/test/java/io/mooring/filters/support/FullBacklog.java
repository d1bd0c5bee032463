package io.mooring.filters.support;

import io.mooring.balancer.upstream.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A backend that neither accepts nor refuses connections: its queue of unaccepted ones is full. */
public final class FullBacklog implements AutoCloseable {

    private static final int MAX_QUEUE = 64;
    private static final int CONNECT_MILLIS = 200;

    private final ServerSocket listener;
    private final List<Socket> queued = new ArrayList<>();

    public FullBacklog() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try {
            while (queued.size() < MAX_QUEUE) {
                Socket socket = new Socket();
                queued.add(socket);
                socket.connect(listener.getLocalSocketAddress(), CONNECT_MILLIS);
            }
            throw new IllegalStateException("the queue takes more than " + MAX_QUEUE);
        } catch (SocketTimeoutException e) {
            // Full, as wanted.
        }
    }

    public Backend backend(String id) {
        return new Backend(id, "127.0.0.1", listener.getLocalPort(), Backend.DEFAULT_WEIGHT);
    }

    @Override
    public void close() {
        try {
            for (Socket socket : queued) {
                socket.close();
            }
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
