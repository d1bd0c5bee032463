package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.config.InvalidConfigurationException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The management port where others than this machine can reach it. */
@ExtendWith(OutputCaptureExtension.class)
class AdminOverTlsTest {

    private static final String EVERYWHERE = "--management.server.address=0.0.0.0";

    @TempDir
    Path directory;

    private HttpBackends shop;

    @BeforeEach
    void startBackends() {
        shop = HttpBackends.start("shop", 2);
    }

    @AfterEach
    void stopBackends() {
        shop.close();
    }

    @Test
    void withoutUsersAndTlsTheGatewayDoesNotStart() {
        assertThatThrownBy(() -> Gateway.start(directory, yaml(), EVERYWHERE))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("management.server.address: 0.0.0.0 (expected: a loopback address, since"
                        + " mooring.admin.users is not set)");
        assertThatThrownBy(() -> Gateway.start(directory, yaml() + user(), EVERYWHERE))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("since management.server.ssl is not set)");
    }

    @Test
    void withBothItAnswersWhoSaysThePassword(CapturedOutput output) throws Exception {
        Path keys = directory.resolve("admin.p12");
        Certificates own = Certificates.make(keys, "localhost");
        String tls = """
                management.server.ssl: { key-store: "%s", key-store-password: %s }
                """.formatted(keys, Certificates.PASSWORD);
        try (Gateway gateway = Gateway.start(directory, yaml() + user() + tls, EVERYWHERE)) {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(Certificates.trusting(own))
                    .build();
            URI backend = URI.create(
                    "https://localhost:" + gateway.managementPort() + "/admin/v1/upstreams/shop/backends/shop-1");

            assertThat(client.send(HttpRequest.newBuilder(backend).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);
            String credentials = Base64.getEncoder().encodeToString("alice:wonder".getBytes(StandardCharsets.UTF_8));
            HttpResponse<String> changed = client.send(
                    HttpRequest.newBuilder(backend)
                            .header("Authorization", "Basic " + credentials)
                            .header("Content-Type", "application/merge-patch+json")
                            .header("If-Match", "*")
                            .method("PATCH", BodyPublishers.ofString("{\"weight\": 7}"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(changed.statusCode()).isEqualTo(200);
            assertThat(changed.body()).contains("\"weight\":7");
            assertThat(output)
                    .contains("user=alice from=127.0.0.1 call=\"PATCH ")
                    .doesNotContain("wonder");
        }
    }

    private static String user() {
        return "mooring.admin.users.alice: { password: \"{bcrypt}" + ManagementCalls.hash("wonder")
                + "\", role: change }\n";
    }

    private String yaml() {
        return "mooring.upstreams.shop.backends: " + shop.yaml() + "\n";
    }
}
