package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The management port. */
class ManagementTest {

    @TempDir
    static Path directory;

    private static HttpBackends backends;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        backends = HttpBackends.start("shop", 1);
        gateway = Gateway.start(directory, yaml(backends));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backends.close();
    }

    @Test
    void figuresOfScopesAndBackendsAreThereForPrometheus() throws Exception {
        String cookie;
        try (HttpConnection connection = new HttpConnection(gateway.port())) {
            cookie = connection.get("/").cookie();
            connection.get("/", "Cookie: " + cookie);
            connection.get("/", "Cookie: " + cookie);
            connection.get("/", "Cookie: mooring-shop=forged");
        }

        assertThat(send("GET", "/actuator/prometheus").body())
                .containsPattern("mooring_http_requests_seconds_count\\{route=\"shop\",status=\"2xx\"\\} \\d+")
                .contains("mooring_persistence_outcomes_total{kind=\"upstream\",outcome=\"new\",scope=\"shop\"} ")
                .contains("mooring_persistence_outcomes_total{kind=\"upstream\",outcome=\"kept\",scope=\"shop\"} 2.0")
                .contains(
                        "mooring_persistence_outcomes_total{kind=\"upstream\",outcome=\"invalid\",scope=\"shop\"} 1.0")
                .contains("mooring_backend_picks_total{backend=\"shop-1\",upstream=\"shop\"} ")
                .contains("mooring_backend_active{backend=\"shop-1\",upstream=\"shop\"} 0.0")
                .contains("mooring_accesslog_dropped_total 0.0")
                .containsPattern("mooring_config_in_force_since_seconds \\d")
                .doesNotContain(cookie);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
    void healthIsToldToWhoAsks(String path) throws Exception {
        HttpResponse<String> response = send("GET", path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"status\":\"UP\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /actuator/env",
                "GET /actuator/heapdump",
                "GET /actuator/gateway/routes",
                "POST /actuator/gateway/refresh",
                "POST /actuator/gateway/routes/evil",
                "DELETE /actuator/gateway/routes/shop",
                "POST /actuator/loggers/ROOT",
                "POST /actuator/shutdown",
                "POST /actuator/health",
                "POST /actuator/prometheus"
            })
    void nothingCanBeChangedOrSpiedOut(String request) throws Exception {
        String[] words = request.split(" ", -1);

        assertThat(send(words[0], words[1]).statusCode()).isIn(404, 405);
    }

    @Test
    void managementIsNotReachableThroughTheTrafficPort() throws IOException {
        try (HttpConnection connection = new HttpConnection(gateway.port())) {
            assertThat(connection.get("/actuator/health").body()).isEqualTo("shop-1");
        }
    }

    private static HttpResponse<String> send(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.managementPort() + path))
                .method(method, BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static String yaml(HttpBackends backends) {
        return """
                mooring:
                  upstreams:
                    shop: { persistence: { type: cookie }, backends: %s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(backends.yaml());
    }
}
