package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTPS and HTTP/2 by Spring Boot's own keys. */
class TlsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Version.class)
    void aClientOverTlsIsKeptByASecureCookie(Version version) throws Exception {
        Path keys = directory.resolve("edge.p12");
        Certificates edge = Certificates.make(keys, "localhost");
        try (HttpBackends backends = HttpBackends.start("shop", 3);
                Gateway gateway = Gateway.start(directory, yaml(backends, keys))) {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(Certificates.trusting(edge))
                    .version(version)
                    .build();

            HttpResponse<String> first = get(client, gateway, "");
            assertThat(first.version()).isEqualTo(version);
            String setCookie = first.headers().firstValue("set-cookie").orElseThrow();
            assertThat(setCookie).startsWith("mooring-shop=").contains("; Secure", "; HttpOnly", "; SameSite=None");

            for (int i = 0; i < 10; i++) {
                HttpResponse<String> next = get(client, gateway, setCookie.split(";", -1)[0]);
                assertThat(next.body()).isEqualTo(first.body());
            }
        }
    }

    @Test
    void withoutTlsTheCookieIsNotSecureAndSoNotSentAcrossSites() throws IOException {
        try (HttpBackends backends = HttpBackends.start("shop", 3);
                Gateway gateway = Gateway.start(directory, shop(backends));
                HttpConnection connection = new HttpConnection(gateway.port())) {
            assertThat(connection.get("/").header("set-cookie").orElseThrow())
                    .contains("; HttpOnly")
                    .doesNotContain("Secure")
                    .doesNotContain("SameSite=None");
        }
    }

    private static HttpResponse<String> get(HttpClient client, Gateway gateway, String cookie)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + "/"));
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String shop(HttpBackends backends) {
        return """
                mooring:
                  upstreams:
                    shop:
                      persistence: { type: cookie, cookie: { same-site: none } }
                      backends: %s
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(backends.yaml());
    }

    private static String yaml(HttpBackends backends, Path keys) {
        return shop(backends) + """
                server:
                  ssl: { bundle: edge }
                  http2: { enabled: true }
                spring.ssl.bundle.jks.edge.keystore: { location: "file:%s", password: %s, type: PKCS12 }
                """.formatted(keys, Certificates.PASSWORD);
    }
}
