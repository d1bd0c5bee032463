package io.mooring.filters.support;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client on one connection, which sends exactly the bytes it is told and keeps no cookies. Characters are bytes (ISO
 * 8859-1). Blocks; for one thread.
 */
public final class TestClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    /** A whole response. */
    public record Response(int status, List<Map.Entry<String, String>> headers, String body) {

        public List<String> all(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }

        public Optional<String> first(String name) {
            return all(name).stream().findFirst();
        }

        /** The backend that answered. */
        public String backend() {
            return first("X-Backend").orElseThrow(() -> new AssertionError("no backend answered: " + this));
        }

        /** The name and value of a cookie, as a client sends it back. */
        public Optional<String> cookie(String name) {
            return all("Set-Cookie").stream()
                    .filter(cookie -> cookie.startsWith(name + "="))
                    .map(cookie -> cookie.substring(0, (cookie + ";").indexOf(';')))
                    .findFirst();
        }
    }

    public TestClient(int port) throws IOException {
        this(port, "127.0.0.1");
    }

    /** A client that comes from a certain address of the loopback network. */
    public TestClient(int port, String from) throws IOException {
        socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends a {@code GET} with these header lines and reads the response. */
    public Response get(String path, String... headers) throws IOException {
        send(head("GET", path, headers));
        return read();
    }

    /** Sends a {@code POST} with these header lines and reads the response. */
    public Response post(String path, String body, String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Content-Length: " + body.length();
        send(head("POST", path, all) + body);
        return read();
    }

    /** Sends these bytes. */
    public void send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Reads a response to its end; one that is cut is an {@link IOException}. */
    public Response read() throws IOException {
        String[] status = line().split(" ", 3);
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.add(Map.entry(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        Response head = new Response(Integer.parseInt(status[1]), headers, "");
        return new Response(head.status(), headers, body(head));
    }

    /** Closes with a reset, as a client that crashed. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    public static String head(String method, String path, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: gateway.test\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private String body(Response head) throws IOException {
        if (head.status() == 204 || head.status() == 304 || head.status() < 200) {
            return "";
        }
        if (head.first("Transfer-Encoding").isPresent()) {
            StringBuilder body = new StringBuilder();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.append(bytes(size));
                line();
            }
            line();
            return body.toString();
        }
        return bytes(Integer.parseInt(head.first("Content-Length").orElse("0")));
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    /** Reads so many bytes. */
    public String bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the response ends " + (count - bytes.length) + " bytes too early");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the response ends within a line");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
