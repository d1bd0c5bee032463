package io.mooring.gateway.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the admin API. */
final class AdminClient {

    private static final String JSON = "application/json";

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    AdminClient(int port) {
        this.port = port;
    }

    /** Reads something. */
    JsonNode get(String path) {
        return body(send("GET", path, ""));
    }

    /** The tag of something. */
    String tag(String path) {
        return send("GET", path, "").headers().firstValue("etag").orElseThrow();
    }

    /** Changes something that was just read. */
    HttpResponse<String> patch(String path, String body) {
        return send("PATCH", path, body, "If-Match", tag(path));
    }

    /** Adds something. */
    HttpResponse<String> put(String path, String body) {
        return send("PUT", path, body, "If-None-Match", "*");
    }

    /** Removes something that was just read. */
    HttpResponse<String> delete(String path) {
        return send("DELETE", path, "", "If-Match", tag(path));
    }

    HttpResponse<String> post(String path, String body) {
        return send("POST", path, body);
    }

    /** Sends anything, as JSON if there is a body and no header says otherwise. */
    HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/admin/v1" + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.setHeader("Content-Type", JSON);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static JsonNode body(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }
}
