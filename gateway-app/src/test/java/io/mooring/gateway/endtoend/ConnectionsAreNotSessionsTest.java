package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenario 1 of the model, on the whole program. Scenario 2, which is of TCP, is {@link RelayTest}'s. */
class ConnectionsAreNotSessionsTest {

    @TempDir
    Path directory;

    @Test
    void scenario1KeepAliveDoesNotHoldAClientAndACookieOutlivesTheConnection() throws IOException {
        try (HttpBackends backends = HttpBackends.start("shop", 3);
                Gateway gateway = Gateway.start(directory, yaml(backends))) {
            try (HttpConnection connection = new HttpConnection(gateway.port())) {
                assertThat(bodies(connection, "/plain", 6)).containsAll(backends.ids());
            }

            String backend;
            String cookie;
            try (HttpConnection connection = new HttpConnection(gateway.port())) {
                HttpConnection.Response first = connection.get("/kept");
                backend = first.body();
                cookie = first.cookie();
                assertThat(bodies(connection, "/kept", 6, "Cookie: " + cookie)).containsOnly(backend);
                assertThat(connection.isClosedByPeer()).isTrue();
            }

            for (int i = 0; i < 3; i++) {
                try (HttpConnection connection = new HttpConnection(gateway.port())) {
                    assertThat(connection.get("/kept", "Cookie: " + cookie).body())
                            .isEqualTo(backend);
                }
            }
        }
    }

    @Test
    void aKeepaliveTimeoutOfZeroClosesAfterEachResponse() throws IOException {
        try (HttpBackends backends = HttpBackends.start("shop", 1);
                Gateway gateway = Gateway.start(directory, yaml(backends), "--mooring.http.keepalive-timeout=0s");
                HttpConnection connection = new HttpConnection(gateway.port())) {
            HttpConnection.Response response = connection.get("/plain");

            assertThat(response.body()).isEqualTo("shop-1");
            assertThat(response.header("connection")).hasValue("close");
            assertThat(connection.isClosedByPeer()).isTrue();
        }
    }

    private static List<String> bodies(HttpConnection connection, String path, int count, String... headers)
            throws IOException {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(connection.get(path, headers).body());
        }
        return bodies;
    }

    private static String yaml(HttpBackends backends) {
        return """
                mooring:
                  http: { keepalive-timeout: 1s }
                  upstreams:
                    shop: { backends: %s }
                spring.cloud.gateway.server.webflux.routes:
                  - id: kept
                    uri: lb://shop
                    predicates: [ "Path=/kept" ]
                    metadata: { persistence: { type: cookie, idle-timeout: 1000s } }
                  - id: plain
                    uri: lb://shop
                    predicates: [ "Path=/plain" ]
                """.formatted(backends.yaml());
    }
}
