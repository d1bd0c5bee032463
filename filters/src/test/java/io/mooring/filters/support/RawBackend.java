package io.mooring.filters.support;

import io.mooring.balancer.upstream.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend that says what no HTTP server would, byte by byte. It reads a request's head and then follows its script.
 */
public final class RawBackend implements AutoCloseable {

    private static final long PAUSE_MILLIS = 100;
    private static final int LEAVE_MILLIS = 10_000;
    private static final String END_OF_HEAD = "\r\n\r\n";

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What is said to one request. When it returns the connection is closed. */
    @FunctionalInterface
    public interface Script {
        void run(Conversation conversation) throws IOException, InterruptedException;
    }

    /** One connection, after the head of a request was read. */
    public record Conversation(Socket socket, OutputStream out, CountDownLatch end) {

        public void say(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Closes with a reset instead of an end. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Gives the gateway time to read what was said. */
        public void pause() throws InterruptedException {
            if (end.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("the test is over");
            }
        }

        /** Says nothing more until the test is over. */
        public void hang() throws InterruptedException {
            end.await();
        }
    }

    public RawBackend(Script script) {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(() -> accept(script));
    }

    public Backend backend(String id) {
        return new Backend(id, "127.0.0.1", listener.getLocalPort(), Backend.DEFAULT_WEIGHT);
    }

    /** How many requests came. */
    public int requests() {
        return requests.get();
    }

    /**
     * Connections that the gateway has not left yet. Until it is 0 the next request may meet a connection whose end the
     * gateway has not read, and a request with a body is not sent twice.
     */
    public int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    private void accept(Script script) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                threads.execute(() -> converse(socket, script));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void converse(Socket socket, Script script) {
        connections.incrementAndGet();
        try (socket) {
            if (readHead(socket.getInputStream())) {
                requests.incrementAndGet();
                script.run(new Conversation(socket, socket.getOutputStream(), closed));
                seeOut(socket);
            }
        } catch (IOException e) {
            // The gateway left first, which some scripts provoke.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.decrementAndGet();
        }
    }

    /** Ends the connection and waits until the gateway has ended it too. */
    private static void seeOut(Socket socket) throws IOException {
        if (!socket.isClosed()) {
            socket.shutdownOutput();
            socket.setSoTimeout(LEAVE_MILLIS);
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Reads to the empty line and no further; gives false if the input ends before. */
    private static boolean readHead(InputStream in) throws IOException {
        int matched = 0;
        while (matched < END_OF_HEAD.length()) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            matched = next == END_OF_HEAD.charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        return true;
    }
}
