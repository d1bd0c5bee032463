package io.mooring.gateway.endtoend;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** Calls of the management port by who says who he is. */
final class ManagementCalls {

    /** As low as it may be: a test is no secret. */
    private static final int COST = 4;

    private ManagementCalls() {}

    static HttpResponse<String> send(int port, String method, String path, String body, String authorization)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    /** The hash of a password. */
    static String hash(String password) {
        return String.valueOf(new BCryptPasswordEncoder(COST).encode(password));
    }
}
