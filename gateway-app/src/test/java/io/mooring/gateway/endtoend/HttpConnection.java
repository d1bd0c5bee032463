package io.mooring.gateway.endtoend;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One TCP connection on which HTTP/1.1 is spoken by hand, so that a test knows which connection it uses. */
final class HttpConnection implements AutoCloseable {

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);

    private final Socket socket;
    private final InputStream in;

    HttpConnection(int port) throws IOException {
        this(port, InetAddress.getLoopbackAddress());
    }

    /** A connection from an address of this machine. */
    HttpConnection(int port, InetAddress from) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
        socket.setSoTimeout((int) READ_TIMEOUT.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends a GET and reads the response. */
    Response get(String path, String... headers) throws IOException {
        send(path, headers);
        return response();
    }

    /** Sends a request without a body and reads the response. */
    Response call(String method, String path, String... headers) throws IOException {
        sendTo("localhost", method, path, headers);
        return response();
    }

    /** Sends a GET as to a host of this name and reads the response. */
    Response getFrom(String host, String path) throws IOException {
        sendTo(host, "GET", path);
        return response();
    }

    /** Sends the lines of a request's head, whatever they are, and reads the response. */
    Response exchange(String... lines) throws IOException {
        socket.getOutputStream().write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return response();
    }

    /** Sends a GET. */
    void send(String path, String... headers) throws IOException {
        sendTo("localhost", "GET", path, headers);
    }

    private void sendTo(String host, String method, String path, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
        Stream.of(headers).forEach(header -> request.append(header).append("\r\n"));
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whether the gateway closes the connection before the read timeout. */
    boolean isClosedByPeer() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private Response response() throws IOException {
        String status = line();
        List<String> headers = new ArrayList<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            headers.add(header);
        }
        Response head = new Response(Integer.parseInt(status.split(" ", -1)[1]), headers, "");
        int length = head.header("content-length").map(Integer::parseInt).orElse(0);
        return new Response(head.status(), headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("closed by the gateway after: " + line);
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /**
     * A response.
     *
     * @param headers as lines
     */
    record Response(int status, List<String> headers, String body) {

        Optional<String> header(String name) {
            return headers.stream()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }

        /** {@code name=value} of the cookie that the response sets. */
        String cookie() {
            return header("set-cookie").orElseThrow().split(";", -1)[0];
        }
    }
}
