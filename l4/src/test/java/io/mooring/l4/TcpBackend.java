package io.mooring.l4;

import io.mooring.balancer.upstream.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server on a port of the loopback interface, with a thread for each connection. */
final class TcpBackend implements AutoCloseable {

    private final String id;
    private final ServerSocket server;
    private final Conversation conversation;
    private final Thread acceptor;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();

    private TcpBackend(String id, Conversation conversation) throws IOException {
        this.id = id;
        this.server = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress());
        this.conversation = conversation;
        this.acceptor = start(this::accept);
    }

    /** Says its id as one byte of its length and as many of ASCII, then sends back whatever comes. */
    static TcpBackend echo(String id) throws IOException {
        return new TcpBackend(id, socket -> {
            socket.getOutputStream().write(id.length());
            socket.getOutputStream().write(id.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(socket.getOutputStream());
            socket.shutdownOutput();
        });
    }

    /** Leaves what to do with a connection to the test. */
    static TcpBackend silent(String id) throws IOException {
        return new TcpBackend(id, socket -> {});
    }

    static TcpBackend saying(String id, Conversation conversation) throws IOException {
        return new TcpBackend(id, conversation);
    }

    Backend spec() {
        return spec(Backend.DEFAULT_WEIGHT);
    }

    Backend spec(int weight) {
        return new Backend(id, "127.0.0.1", server.getLocalPort(), weight);
    }

    /** The next connection that has come. */
    Socket next() throws InterruptedException {
        Socket socket = accepted.poll(10, TimeUnit.SECONDS);
        if (socket == null) {
            throw new AssertionError("no connection came to " + id);
        }
        return socket;
    }

    /** Resets every connection. */
    void kill() throws IOException {
        stopAccepting();
        for (Socket socket : open) {
            reset(socket);
        }
    }

    /** Closes a socket so that its peer sees a reset. */
    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        stopAccepting();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** The port stays open until the thread that waits for a connection has noticed. */
    private void stopAccepting() throws IOException {
        server.close();
        Eventually.await("nobody accepts any more", () -> !acceptor.isAlive());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                accepted.add(socket);
                start(() -> converse(socket));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void converse(Socket socket) {
        try {
            conversation.with(socket);
        } catch (IOException e) {
            open.remove(socket);
        }
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task, "backend");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Reads the id that an {@link #echo} says first. */
    static String readId(InputStream in) throws IOException {
        return new String(in.readNBytes(in.read()), StandardCharsets.US_ASCII);
    }

    /** What to say to a client. */
    @FunctionalInterface
    interface Conversation {
        void with(Socket socket) throws IOException;
    }
}
