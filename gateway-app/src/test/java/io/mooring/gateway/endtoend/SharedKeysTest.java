package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose cookies a gateway honours. */
class SharedKeysTest {

    private static final String[] KEY = {
        "--mooring.persistence.keys[0].id=k1", "--mooring.persistence.keys[0].secret=0123456789abcdef0123456789abcdef"
    };
    private static final String[] ROTATED = {
        "--mooring.persistence.keys[0].id=k2",
        "--mooring.persistence.keys[0].secret=fedcba9876543210fedcba9876543210",
        "--mooring.persistence.keys[1].id=k1",
        "--mooring.persistence.keys[1].secret=0123456789abcdef0123456789abcdef"
    };

    @TempDir
    Path directory;

    @TempDir
    Path elsewhere;

    @Test
    void twoGatewaysWithTheSameKeysHonourEachOthersCookies() throws IOException {
        try (HttpBackends backends = HttpBackends.start("shop", 5);
                Gateway one = Gateway.start(directory, yaml(backends), KEY);
                Gateway other = Gateway.start(elsewhere, yaml(backends), KEY)) {
            HttpConnection.Response first = visit(one);

            for (int i = 0; i < 5; i++) {
                assertThat(visit(other, "Cookie: " + first.cookie()).body()).isEqualTo(first.body());
                assertThat(visit(one, "Cookie: " + first.cookie()).body()).isEqualTo(first.body());
            }
            assertThat(outcomes(other, Outcome.KEPT)).isEqualTo(5);
        }
    }

    @Test
    void aKeyIsRotatedWithoutLosingASession() throws IOException {
        try (HttpBackends backends = HttpBackends.start("shop", 5);
                Gateway before = Gateway.start(directory, yaml(backends), KEY);
                Gateway after = Gateway.start(elsewhere, yaml(backends), ROTATED)) {
            HttpConnection.Response first = visit(before);

            assertThat(visit(after, "Cookie: " + first.cookie()).body()).isEqualTo(first.body());
            assertThat(outcomes(after, Outcome.KEPT)).isEqualTo(1);
            String fresh = visit(after).cookie();
            visit(before, "Cookie: " + fresh);
            assertThat(outcomes(before, Outcome.INVALID)).isEqualTo(1);
        }
    }

    @Test
    void aRestartedGatewayHonoursItsOwnCookiesAndHidesItsKey() throws IOException {
        try (HttpBackends backends = HttpBackends.start("shop", 5)) {
            HttpConnection.Response first;
            try (Gateway gateway = Gateway.start(directory, yaml(backends))) {
                first = visit(gateway);
            }
            assertThat(Files.getPosixFilePermissions(directory.resolve("data/signing.key")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            try (Gateway gateway = Gateway.start(directory, yaml(backends))) {
                assertThat(visit(gateway, "Cookie: " + first.cookie()).body()).isEqualTo(first.body());
                assertThat(outcomes(gateway, Outcome.KEPT)).isEqualTo(1);
            }
            try (Gateway stranger = Gateway.start(elsewhere, yaml(backends))) {
                visit(stranger, "Cookie: " + first.cookie());
                assertThat(outcomes(stranger, Outcome.INVALID)).isEqualTo(1);
            }
        }
    }

    private static HttpConnection.Response visit(Gateway gateway, String... headers) throws IOException {
        try (HttpConnection connection = new HttpConnection(gateway.port())) {
            HttpConnection.Response response = connection.get("/", headers);
            assertThat(response.status()).isEqualTo(200);
            return response;
        }
    }

    private static long outcomes(Gateway gateway, Outcome outcome) {
        return gateway.fleet().upstreamScope("shop").orElseThrow().outcomes(outcome);
    }

    private static String yaml(HttpBackends backends) {
        return """
                mooring:
                  upstreams:
                    shop:
                      persistence: { type: cookie, idle-timeout: 1000s }
                      backends: %s
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(backends.yaml());
    }
}
