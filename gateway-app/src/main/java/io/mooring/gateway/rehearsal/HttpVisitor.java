package io.mooring.gateway.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP client on a kept connection: mostly with its cookie, now and then without or with a body; and now and then it
 * asks the management port, as those who watch a gateway do. Not thread-safe.
 */
final class HttpVisitor implements Client {

    private static final int BODY_BYTES = 4096;

    private final String gateway;
    private final String management;
    private String cookie = "";

    HttpVisitor(int port, int managementPort) {
        gateway = "http://127.0.0.1:" + port + "/rehearsal";
        management = "http://127.0.0.1:" + managementPort + "/actuator/";
    }

    @Override
    public String visit(int number) throws IOException {
        return switch (number % 8) {
            case 3 -> post();
            case 5 -> firstVisit();
            case 7 -> watch(number % 16 == 7 ? "health/readiness" : "prometheus");
            default -> get();
        };
    }

    private String get() throws IOException {
        return keep(open(gateway, cookie));
    }

    private String post() throws IOException {
        HttpURLConnection connection = open(gateway, cookie);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(BODY_BYTES);
        connection.getOutputStream().write(new byte[BODY_BYTES]);
        return keep(connection);
    }

    private String firstVisit() throws IOException {
        read(open(gateway, ""));
        return "";
    }

    private String watch(String endpoint) throws IOException {
        read(open(management + endpoint, ""));
        return "";
    }

    /** Reads the response and takes over its cookie. */
    private String keep(HttpURLConnection connection) throws IOException {
        String backend = Client.backendOf(read(connection));
        String set = connection.getHeaderField("Set-Cookie");
        if (set != null) {
            cookie = set.split(";", -1)[0];
        }
        return backend;
    }

    private static HttpURLConnection open(String url, String cookie) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        if (!cookie.isEmpty()) {
            connection.setRequestProperty("Cookie", cookie);
        }
        return connection;
    }

    private static String read(HttpURLConnection connection) throws IOException {
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException(connection.getURL() + " answered " + connection.getResponseCode());
        }
        try (InputStream body = connection.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
