package io.mooring.health;

import io.mooring.balancer.upstream.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A backend that does as its script says with each connection. */
final class ScriptedBackend implements AutoCloseable {

    private final ServerSocket listener;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    ScriptedBackend(ServerSocket listener, Script script) {
        this.listener = listener;
        new Thread(() -> serve(script), "scripted-backend").start();
    }

    static ScriptedBackend doing(Script script) throws IOException {
        return new ScriptedBackend(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    /** Reads a request's head and writes this text. */
    static ScriptedBackend answering(String text) throws IOException {
        return doing(socket -> {
            readHead(socket);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        });
    }

    static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = socket.getInputStream().read();
            if (read < 0) {
                throw new IOException("the request was cut: " + head);
            }
            head.append((char) read);
        }
        return head.toString();
    }

    Backend backend() {
        return new Backend("b", "127.0.0.1", listener.getLocalPort(), 10);
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(Script script) {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                script.run(socket);
            }
        } catch (IOException e) {
            close();
        }
    }

    /** What to do with a connection, which then stays open unless the script closes it. */
    interface Script {
        void run(Socket socket) throws IOException;
    }
}
